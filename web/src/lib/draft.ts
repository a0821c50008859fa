// What is being written, while what it began from changes.

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** As it is `now`, but for what was changed here since it `began`. */
export function rebased<Draft extends object>(draft: Draft, began: Draft, now: Draft): Draft {
  const own = Object.entries(draft).filter(
    ([name, value]) => !same(value, began[name as keyof Draft]),
  );
  return { ...now, ...Object.fromEntries(own) };
}
