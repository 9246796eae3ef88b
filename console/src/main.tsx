import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import * as z from 'zod';
import { ApiContext, createApi } from './api/api-context.ts';
import { createQueryClient } from './api/query-client.ts';
import { createRouter } from './router.tsx';
import type { Session } from './session/session.ts';
import { readSettings, signIn } from './session/sign-in.ts';
import { SignInFailed, TokenForm } from './session/sign-in-screens.tsx';
import './style/tokens.css';
import './style/base.css';

// Schemas are not compiled to code: the page's policy allows no code from text.
z.config({ jitless: true });

const element = document.getElementById('root');
if (element === null) throw new Error('The page has no root.');
const root = createRoot(element);

const show = (session: Session, version: string): void =>
  root.render(
    <StrictMode>
      <ApiContext value={createApi(session, version)}>
        <QueryClientProvider client={createQueryClient()}>
          <RouterProvider router={createRouter()} />
        </QueryClientProvider>
      </ApiContext>
    </StrictMode>,
  );

const start = async (): Promise<void> => {
  const settings = await readSettings();
  const result = await signIn(settings);
  if (result.state === 'signedIn') show(result.session, settings.version);
  if (result.state === 'tokenNeeded')
    root.render(<TokenForm onToken={(token) => show(result.give(token), settings.version)} />);
};

start().catch((error: unknown) => root.render(<SignInFailed error={error} />));
