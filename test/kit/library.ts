import type { ApiServices } from '#functions/api/services.ts';
import type { CommandInput } from '#shared/model/command.ts';

/** Puts a command with these parts under `spec`; answers its version. */
export const putCommandAs = async (
  { putCommand }: Pick<ApiServices, 'putCommand'>,
  name: string,
  spec: Partial<CommandInput['spec']> = {},
  actor = 'ann',
): Promise<string> => {
  const command = { apiVersion: 'drover/v1', kind: 'Command', metadata: { name }, spec: { run: 'true', ...spec } };
  return (await putCommand(name, { command }, { actor })).view.version;
};
