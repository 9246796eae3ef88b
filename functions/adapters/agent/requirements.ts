import { AppError } from '#shared/errors/app-error.ts';
import type { AgentLimits, PushFileRequest, SendRequest } from '#shared/ports/agent.ts';

/** What SendFile takes after base64 (ECS API reference: 32 KB); the same for both clouds, so that a job runs on either. */
const fileBytes = 24_576;

/** Absolute, ending in a name. */
const filePath = /^\/(?:[^\0]*\/)?(?!\.{1,2}$)[^/\0]+$/;

const bug = (message: string): AppError =>
  new AppError('internal.bug', message, {
    hint: 'Batches are cut by the agent’s limits when planning; this one was not.',
  });

/**
 * Refuses what the planner must never send.
 * @throws AppError `internal.bug`
 */
export const requireInstances = (instanceIds: readonly string[], limits: Pick<AgentLimits, 'instances'>): void => {
  if (instanceIds.length === 0) throw bug('A sending to no instance.');
  if (instanceIds.length > limits.instances)
    throw bug(`A sending to ${instanceIds.length} instances; this agent takes ${limits.instances}.`);
  if (new Set(instanceIds).size < instanceIds.length) throw bug('A sending that names an instance twice.');
};

/**
 * Refuses a sending that the agent cannot take.
 * @throws AppError `internal.bug` for its instances, `script.too-large` for its script
 */
export const requireSendable = (request: SendRequest, limits: AgentLimits): void => {
  requireInstances(request.instanceIds, limits);
  const bytes = Buffer.byteLength(request.script);
  if (bytes > limits.scriptBytes)
    throw new AppError(
      'script.too-large',
      `Script and values make ${bytes} bytes; this agent takes ${limits.scriptBytes}.`,
      {
        hint: 'Shorten the script, or let it download what it needs.',
      },
    );
};

/**
 * Refuses a file that cannot be pushed.
 * @throws AppError `internal.bug` for its instances, `request.too-large` for its content, `request.invalid` for path or mode
 */
export const requireFile = (request: PushFileRequest, limits: Pick<AgentLimits, 'instances'>): void => {
  requireInstances(request.instanceIds, limits);
  if (request.content.byteLength > fileBytes)
    throw new AppError(
      'request.too-large',
      `The file has ${request.content.byteLength} bytes; agents take ${fileBytes}.`,
      {
        hint: 'Put larger files where the nodes can download them.',
      },
    );
  if (!filePath.test(request.path))
    throw new AppError('request.invalid', `'${request.path}' is not the absolute path of a file.`);
  if (!/^[0-7]{3,4}$/.test(request.mode))
    throw new AppError('request.invalid', `'${request.mode}' is not a file mode in octal, such as 0644.`);
};
