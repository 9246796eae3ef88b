import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call of AssumeRole as it came over the wire. */
export interface AssumeRoleCall {
  /** Key that the call was signed with. */
  readonly signedBy: string;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  readonly durationSeconds: number;
}

/** AWS STS on loopback, as far as AssumeRole goes: query protocol, XML answers. */
export interface StsEndpoint {
  readonly url: string;
  /** Calls so far, oldest first, refused ones included. */
  readonly calls: readonly AssumeRoleCall[];
  stop(): Promise<void>;
}

/** Why a role is not given, or when the session that is given ends. */
export type StsAnswer =
  | { readonly status: number; readonly code: string; readonly message: string }
  | { readonly endsAtMs: number };

const callOf = (authorization: string | undefined, body: string): AssumeRoleCall => {
  const fields = new URLSearchParams(body);
  if (fields.get('Action') !== 'AssumeRole' || fields.get('Version') !== '2011-06-15')
    throw new Error(`No call of AssumeRole: ${body}`);
  const signed = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[\w-]+\/sts\/aws4_request/.exec(authorization ?? '');
  return {
    signedBy: signed?.[1] ?? 'nobody',
    roleArn: fields.get('RoleArn') ?? '',
    sessionName: fields.get('RoleSessionName') ?? '',
    externalId: fields.get('ExternalId') ?? undefined,
    durationSeconds: Number(fields.get('DurationSeconds')),
  };
};

const xmlns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

const granted = ({ roleArn, sessionName }: AssumeRoleCall, number: number, endsAtMs: number): string => {
  const account = roleArn.split(':')[4] ?? '';
  const role = roleArn.split('/').at(-1);
  return `<AssumeRoleResponse ${xmlns}><AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::${account}:assumed-role/${role}/${sessionName}</Arn><AssumedRoleId>AROA:${sessionName}</AssumedRoleId></AssumedRoleUser>
    <Credentials><AccessKeyId>${account}</AccessKeyId><SecretAccessKey>local</SecretAccessKey><SessionToken>session-${number}</SessionToken>
    <Expiration>${new Date(endsAtMs).toISOString()}</Expiration></Credentials>
  </AssumeRoleResult><ResponseMetadata><RequestId>r-${number}</RequestId></ResponseMetadata></AssumeRoleResponse>`;
};

const refused = (code: string, message: string): string =>
  `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

/**
 * Starts one. Keys that it gives are the account of the role, which is how the local cloud knows whose instances are asked for; tokens are
 * `session-1`, `session-2` … Sessions end in an hour when `answer` is absent.
 */
export const startStsEndpoint = async (
  answer: (call: AssumeRoleCall) => StsAnswer = ({ durationSeconds }) => ({
    endsAtMs: Date.now() + durationSeconds * 1000,
  }),
): Promise<StsEndpoint> => {
  const calls: AssumeRoleCall[] = [];
  const server = createServer(async (request, response) => {
    const call = callOf(request.headers.authorization, await text(request));
    calls.push(call);
    const said = answer(call);
    const [status, body] =
      'endsAtMs' in said
        ? [200, granted(call, calls.length, said.endsAtMs)]
        : [said.status, refused(said.code, said.message)];
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
