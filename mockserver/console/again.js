// From an entry of the journal to a curl line, to the same call once more, and to a scenario.
import { admin, ENDPOINT, send } from './api.js';
import { remember, store } from './store.js';

const KEY = 'YOUR-KEY';

// One word for a POSIX shell.
export function quote(text) {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const plainName = (name) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);

// curl reads the file; the name that is sent may be another one, such as one with a slash in it.
function fileField(part) {
  const name = part.file_name || '';
  const type = part.content_type ? `;type=${part.content_type}` : '';
  const sent = name.replace(/[\r\n]/g, ' ').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return plainName(name)
    ? `${part.name}=@${name}${type}`
    : `${part.name}=@picture.jpg;filename="${sent}"${type}`;
}

// The step that answered, as far as the journal knows it.
export function stepOf(entry) {
  const step = {};
  if (entry.fault) step.fault = entry.fault;
  if (entry.deviation) step.deviation = entry.deviation;
  if (entry.code) {
    step.error = entry.code;
    step.status = entry.status;
    if (entry.message) step.message = entry.message.slice(0, 383);
  } else if (!entry.fault && !entry.deviation) step.answer = 'success';
  if (!step.status || step.status < 200) delete step.status;
  return step;
}

function keyOf(entry) {
  return entry.chosen_by === 'key' ? `mock:${entry.scenario}@${KEY}` : KEY;
}

function headersOf(entry) {
  const lines = [];
  if (entry.key || entry.path === ENDPOINT) lines.push(`ailabapi-api-key: ${keyOf(entry)}`);
  const cue = entry.headers.find((header) => header.name.toLowerCase() === 'x-mock-scenario');
  if (cue) lines.push(`X-Mock-Scenario: ${cue.value}`);
  return lines;
}

function formOf(entry) {
  return entry.parts.map((part) => {
    if (part.file_name !== undefined || part.name === 'image_target')
      return ['--form', fileField(part)];
    if (part.name === 'service_choice' && entry.service_choice !== null)
      return ['--form-string', `service_choice=${entry.service_choice}`];
    return ['--form-string', `${part.name}=…`]; // the journal does not keep it
  });
}

// A mock that speaks TLS speaks HTTP at the same port, and curl need not trust its certificate there.
const plainOrigin = () => location.origin.replace(/^https:/, 'http:');

export function curlOf(entry, origin = plainOrigin()) {
  const words = [['curl --request', entry.method], ['--url', origin + entry.path]];
  for (const line of headersOf(entry)) words.push(['--header', line]);
  words.push(...formOf(entry));
  const call = words.map(([option, value]) => `${option} ${quote(value)}`).join(' \\\n  ');
  if (entry.chosen_by !== 'queue') return call;
  const queue = JSON.stringify({ api_key: KEY, steps: [stepOf(entry)] });
  return `curl --data ${quote(queue)} \\\n  ${quote(`${origin}/__admin/queue`)}\n${call}`;
}

// Whether "send again" can be had, and if not, why.
export function whyNotAgain(entry) {
  if (store.sent.has(entry.request_id) || entry.has_body) return '';
  if (entry.bytes_in === 0) return '';
  return 'The journal did not keep the body of this request.';
}

async function keptBody(entry) {
  const whole = await admin('GET', `/__admin/requests/${entry.id}`);
  const text = atob(whole.body_base64 || '');
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

// The same bytes, with the page's own key: the journal knows no key.
export async function again(entry) {
  let call = store.sent.get(entry.request_id);
  if (!call) {
    const header = (name) => entry.headers.find((row) => row.name.toLowerCase() === name)?.value;
    const headers = { 'ailabapi-api-key': store.key };
    const type = header('content-type');
    const cue = header('x-mock-scenario');
    if (type) headers['Content-Type'] = type;
    if (cue) headers['X-Mock-Scenario'] = cue;
    const has = entry.method !== 'GET' && entry.method !== 'HEAD' && entry.bytes_in;
    call = { path: entry.path, method: entry.method, headers };
    if (has) call.body = await keptBody(entry);
  }
  const outcome = await send(call);
  if (outcome.document?.request_id) remember(outcome.document.request_id, call);
  return outcome;
}

// A scenario that gives this answer to requests like this one.
export function scenarioOf(entry, name) {
  const match = {};
  const image = entry.parts.find((part) => part.name === 'image_target');
  if (entry.service_choice !== null && entry.service_choice >= 0)
    match.service_choice = entry.service_choice;
  if (image?.file_name) match.file_name = image.file_name.replaceAll(/[*?\\[\]]/g, '?').slice(0, 255);
  if (entry.image?.width) {
    match.width = entry.image.width;
    match.height = entry.image.height;
  }
  return { name, match, steps: [stepOf(entry)], then: 'repeat-last' };
}
