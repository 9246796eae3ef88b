import type { Client } from '@smithy/core/client';
