/** A number as short text: without decimals if it is whole or at least 100, otherwise with one to three. */
export const short = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not known' : 'none';
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
};

/** A number with its unit. */
export const withUnit = (value: number, unit: string): string =>
  unit === '' || !Number.isFinite(value) ? short(value) : `${short(value)} ${unit}`;
