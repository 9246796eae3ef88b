/** For what scrolls: the keyboard must reach it in every browser. */
export const scrollable = { tabIndex: 0 } as const;
