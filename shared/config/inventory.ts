/** How old a reading of the clouds may be, by what it is for; in seconds. */
export interface InventoryAges {
  /** To look at: lists, previews, budgets. */
  readonly shownSeconds: number;
  /** To start a run, and to freeze the targets of its groups. */
  readonly plannedSeconds: number;
}

/** What holds where nobody says otherwise. */
export const defaultInventoryAges: InventoryAges = { shownSeconds: 300, plannedSeconds: 60 };

/** Folder of the readings among the blobs. */
export const readingsFolder = 'inventory/';

/** Days that a reading is kept: it is shown, with its age, while the clouds cannot be read. */
export const readingDays = 1;
