/** Dollars: to the cent from one dollar on, to four digits below. */
export const dollars = (usd: number): string => {
  if (usd === 0) return '$0';
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  return usd < 0.0001 ? '<$0.0001' : `$${usd.toFixed(4)}`;
};
