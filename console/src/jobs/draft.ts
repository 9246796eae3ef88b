/** Where the text of the editor is kept: until the window is closed. */
const keptAs = (of: string): string => `drover.job-draft.${of}`;

/** The text that was last written in an editor of this window; '' for none. `of` is the revision that it goes on from, '' for a new job. */
export const readDraft = (of = ''): string => sessionStorage.getItem(keptAs(of)) ?? '';

/** Keeps the text of an editor, so that neither a reload nor another screen loses it. A text that the browser has no room for is not kept. */
export const keepDraft = (text: string, of = ''): void => {
  try {
    if (text === '') sessionStorage.removeItem(keptAs(of));
    else sessionStorage.setItem(keptAs(of), text);
  } catch {
    // No room: the text is still in the editor.
  }
};
