/** Something that is made from a setting, anew whenever the setting has changed. */
export function derived<Value, Made>(
  setting: () => Value,
  make: (value: Value, before: Made | undefined) => Made,
): () => Made {
  let made: { readonly from: Value; readonly it: Made } | undefined;
  return () => {
    const value = setting();
    if (made === undefined || made.from !== value) made = { from: value, it: make(value, made?.it) };
    return made.it;
  };
}
