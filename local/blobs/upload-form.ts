import { AccessDenied } from './blob-access.ts';

/** A posted form as far as it was read: its fields, and the file, which comes last and is read by who takes it. */
export interface PostedForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: AsyncIterable<Buffer>;
}

/** S3 takes at most so much before the file. */
const mostFieldBytes = 20_480;

const malformed = (message: string): AccessDenied => new AccessDenied('MalformedPOSTRequest', message, 400);

/** Takes a stream apart at marks, holding back no more than it must. */
const createCutter = (chunks: AsyncIterable<Buffer>) => {
  const source = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const next = await source.next();
    if (next.done) throw malformed('The form ends too early.');
    held = Buffer.concat([held, next.value]);
  };
  return {
    /** The text up to a mark, which is taken too. */
    textTo: async (mark: string): Promise<string> => {
      for (;;) {
        const at = held.indexOf(mark);
        if (at >= 0) {
          const text = held.subarray(0, at).toString('utf8');
          held = held.subarray(at + mark.length);
          return text;
        }
        if (held.length > mostFieldBytes) throw malformed('The fields before the file are too long.');
        await more();
      }
    },
    /** The bytes up to a mark, as they come. */
    async *bytesTo(mark: string): AsyncGenerator<Buffer> {
      for (;;) {
        const at = held.indexOf(mark);
        if (at >= 0) {
          if (at > 0) yield held.subarray(0, at);
          return;
        }
        const sure = held.length - mark.length;
        if (sure > 0) {
          yield held.subarray(0, sure);
          held = held.subarray(sure);
        }
        await more();
      }
    },
  };
};

/**
 * Reads a multipart/form-data body up to its file.
 * @throws AccessDenied `MalformedPOSTRequest` for what is no such form
 */
export const readForm = async (contentType: string, body: AsyncIterable<Buffer>): Promise<PostedForm> => {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]{1,70})"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw malformed('The body is not multipart/form-data.');
  const cutter = createCutter(body);
  const fields = new Map<string, string>();
  await cutter.textTo(`--${boundary}\r\n`);
  for (;;) {
    const head = await cutter.textTo('\r\n\r\n');
    const name = /content-disposition:[^\r\n]*[; ]name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) throw malformed('A part of the form has no name.');
    if (name === 'file') return { fields, file: cutter.bytesTo(`\r\n--${boundary}`) };
    fields.set(name.toLowerCase(), await cutter.textTo(`\r\n--${boundary}\r\n`));
  }
};
