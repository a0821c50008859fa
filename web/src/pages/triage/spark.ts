/** Bars of counts as one path, a unit wide each: what is not nothing can be seen. */
export function sparkPath(counts: number[], height: number): string {
  const peak = Math.max(1, ...counts);
  return counts
    .map((count, at) => {
      const bar = count > 0 ? Math.max(1, Math.round((count / peak) * height)) : 0;
      return bar ? `M${at} ${height}v-${bar}h.8v${bar}z` : '';
    })
    .join('');
}
