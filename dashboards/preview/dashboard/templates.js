// Variables in texts: $name, ${name}, ${name:format} and [[name]]. A name starts with a letter or an
// underscore, so that the $1 of a regular expression is none.

const REFERENCE = /\$([A-Za-z_]\w*)|\$\{([A-Za-z_][\w.]*)(?::([^}]+))?\}|\[\[([A-Za-z_]\w*)(?::(\w+))?\]\]/g;

/** The text with every reference replaced by resolve(name, format, whole, offset); undefined leaves it as it is. */
export function replaceReferences(text, resolve) {
  return text.replace(REFERENCE, (whole, plain, braced, bracedFormat, bracketed, bracketedFormat, offset) =>
    resolve(plain ?? braced ?? bracketed, bracedFormat ?? bracketedFormat, whole, offset) ?? whole);
}

/** The names that a text refers to. */
export function references(text) {
  const names = [];
  replaceReferences(text, (name) => { names.push(name); });
  return names;
}

// What Grafana resolves itself; __all stands for all values of a variable. Those of the second list mean something
// within links only.
const GLOBAL = [
  '__all', '__dashboard', '__from', '__interval', '__interval_ms', '__name', '__org', '__range', '__range_ms',
  '__range_s', '__rate_interval', '__rate_interval_ms', '__to', '__user',
];
const OF_LINKS = ['__all_variables', '__data', '__field', '__series', '__url_time_range', '__value'];

export function isBuiltIn(name) {
  const first = name.split('.')[0];
  return GLOBAL.includes(first) || OF_LINKS.includes(first);
}
