/** Rows of text with their columns lined up; the first row is the heading. A row that ends early may end with a long sentence. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widthIn = (row: readonly string[], column: number): number =>
    column < row.length - 1 ? row[column]!.length : 0;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthIn(row, column))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
