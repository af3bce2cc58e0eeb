// Holds rendered objects against the types of Kubernetes and of its operators:
//
//   node strict.mjs FILE.yaml...      prints {"objects": N, "faults": ["file: Kind/name: what"...]}
//
// The compiler finds fields that do not exist and values of a wrong type; the models' own checks find what types
// cannot say, such as the form of a duration. Run in the folder that has node_modules.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const ts = require('typescript');
const yaml = require('yaml');

const OPERATORS = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
};
const GRAFANA = 'grafana.integreatly.org';

/** The package that describes an object's kind. */
function model(object) {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const start = OPERATORS[group] ? `${OPERATORS[group]}/` : 'kubernetes-models/';
  return start + (group ? `${group}/` : '') + version;
}

const faults = [];
const objects = [];
for (const file of process.argv.slice(2)) {
  for (const document of yaml.parseAllDocuments(fs.readFileSync(file, 'utf8'), { uniqueKeys: true })) {
    for (const error of document.errors) faults.push(`${file}: not YAML: ${error.message}`);
    const object = document.errors.length ? null : document.toJS();
    if (object) objects.push({ object, name: `${path.basename(file)}: ${object.kind}/${object.metadata?.name}` });
  }
}

// One constant for each object. `from` and `to` are the lines it stands on.
let source = '';
let line = 1;
const write = (text) => { source += text; line += text.split('\n').length - 1; };
for (const [i, entry] of objects.entries()) {
  const grafana = entry.object.apiVersion.startsWith(`${GRAFANA}/`);
  const type = grafana ? `${entry.object.kind}Spec` : `I${entry.object.kind}`;
  entry.from = line;
  write(`import type { ${type} as T${i} } from ${JSON.stringify(grafana ? '@cdk8s-kit/crds/grafana' : model(entry.object))};\n`);
  write(`const d${i}: T${i} = ${JSON.stringify(grafana ? entry.object.spec : entry.object, null, 1)};\n`);
  entry.to = line;
}
const file = path.resolve('strict.check.ts');
fs.writeFileSync(file, `${source}export {};\n`);
const program = ts.createProgram([file], {
  strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
});
for (const found of ts.getPreEmitDiagnostics(program)) {
  const at = found.file ? ts.getLineAndCharacterOfPosition(found.file, found.start).line + 1 : 0;
  const entry = objects.find((one) => at >= one.from && at < one.to);
  const text = found.file ? found.file.text.split('\n')[at - 1].trim().slice(0, 80) : '';
  faults.push(`${entry?.name ?? '?'}: ${ts.flattenDiagnosticMessageText(found.messageText, ' ').slice(0, 400)} [${text}]`);
}

// Packages are looked for from where a file stands, so the models are taken by a file beside node_modules.
const kinds = new Map();
for (const { object } of objects) {
  if (!object.apiVersion.startsWith(`${GRAFANA}/`)) kinds.set(`${model(object)}/${object.kind}`, object.kind);
}
const names = [...kinds.keys()];
fs.writeFileSync('strict.check.mjs',
  names.map((from, i) => `export { ${kinds.get(from)} as M${i} } from ${JSON.stringify(from)};\n`).join(''));
const models = await import(pathToFileURL(path.resolve('strict.check.mjs')));
for (const { object, name } of objects) {
  const at = names.indexOf(`${model(object)}/${object.kind}`);
  if (at < 0) continue;
  try {
    new models[`M${at}`](object).validate();
  } catch (error) {
    faults.push(`${name}: ${error.message}`);
  }
}
console.log(JSON.stringify({ objects: objects.length, faults }));
