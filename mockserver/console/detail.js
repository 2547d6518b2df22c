// One request: why it was answered so, what it held, and what can be done with it.
import { html, useEffect, useRef, useState } from './vendor/htm-preact.js';
import { admin } from './api.js';
import { again, curlOf, scenarioOf, whyNotAgain } from './again.js';
import { attempt, routeTo, say, store } from './store.js';
import { askedOf, breakable, bytes, copy, Dialog, isTunnel, milliseconds, nameOf, Status } from './parts.js';

const CHOSEN = {
  queue: 'by the queue', header: 'by the header X-Mock-Scenario', key: 'by the API key',
  file_name: 'by the file\'s name', picture: 'by a mark in the picture', match: 'because the request matched',
};

const Clause = ({ id }) => html`<a href=${routeTo('contract', id)}>${id}</a>`;

function Why({ entry }) {
  const rows = [];
  if (entry.message) rows.push(['Message', entry.hint ? entry.message.replace(/ Hint: .*$/s, '') : entry.message]);
  if (entry.hint) rows.push(['Hint', entry.hint]);
  if (entry.rule) rows.push(['Refused by rule', html`<code>${entry.rule}</code>, of clause <${Clause} id=${entry.clause} />`]);
  if (entry.scenario) rows.push(['Scenario', html`<code>${entry.scenario}</code>${CHOSEN[entry.chosen_by] ? `, chosen ${CHOSEN[entry.chosen_by]}` : ''}`]);
  if (entry.fault) rows.push(['Fault', html`<code>${entry.fault}</code>`]);
  if (entry.tls_fault) rows.push(['Fault of TLS', html`<code>${entry.tls_fault}</code>, armed for its connection`]);
  if (entry.deviation) rows.push(['Deviation', html`<code>${entry.deviation}</code>`]);
  if (entry.unexpected) rows.push(['Unexpected', 'refused, and no scenario asked for it']);
  rows.push(['Answer', `${entry.status || 'no'} status, ${bytes(entry.bytes_out)}, after ${milliseconds(entry.duration_ms)}`]);
  return html`<${Pairs} rows=${rows} />`;
}

function Pairs({ rows }) {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function Request({ entry }) {
  const rows = [
    ['Time', new Date(entry.time).toLocaleString('en-GB')],
    ['Client', `${entry.remote || 'not known'}, ${entry.tls ? 'by TLS' : 'without TLS'}${entry.proxied ? ', through CONNECT' : ''}`],
    ['Request id', html`<code>${entry.request_id}</code>`],
  ];
  if (entry.method)
    rows.push(
      ['Key', entry.key ? html`<code>${entry.key}</code>, its call number ${entry.nth}` : 'none'],
      ['service_choice', entry.service_choice ?? 'none'],
      ['Body', bytes(entry.bytes_in)],
    );
  return html`<${Pairs} rows=${rows} />`;
}

function Parts({ entry }) {
  const missing = entry.part_count - entry.parts.length;
  if (!entry.parts.length) return html`<p class="soft">No part: the body is no form, or it was not read.</p>`;
  return html`<table class="cards"><thead><tr><th>Part</th><th>File name</th><th>Type</th><th>Size</th></tr></thead>
    <tbody>${entry.parts.map((part) => html`<tr><td data-label="Part"><code>${part.name}</code></td>
      <td data-label="File name">${part.file_name ?? '–'}</td><td data-label="Type">${part.content_type ?? '–'}</td>
      <td data-label="Size">${bytes(part.size)}</td></tr>`)}</tbody></table>
    ${missing > 0 && html`<p class="soft">And ${missing} more, which the journal only counts.</p>`}`;
}

function Picture({ image }) {
  const odd = image.oddities?.length ? image.oddities.join(', ') : 'none';
  return html`<${Pairs} rows=${[
    ['Format', image.format === 'other' ? 'neither JPEG nor PNG, or not looked at' : image.format],
    ['Pixels', image.width ? `${image.width} × ${image.height}` : 'not known'],
    ['Bytes', bytes(image.size)],
    ['Oddities', odd],
    ['SHA-256', image.sha256 ? html`<code>${image.sha256}</code>` : 'not computed'],
  ]} />`;
}

function Headers({ entry }) {
  return html`<table class="headers"><thead><tr><th>Header</th><th>Value</th></tr></thead>
    <tbody>${entry.headers.map(({ name, value }) => html`<tr><td><code>${name}</code></td>
      <td><code>${value}</code></td></tr>`)}</tbody></table>`;
}

// The scenario of your own that came nearest, wanted and found side by side.
function NearMiss({ entry }) {
  const [near, setNear] = useState(null);
  useEffect(() => {
    if (entry.scenario) return;
    admin('GET', `/__admin/requests/unmatched/near-misses?limit=1&before=${entry.id + 1}`)
      .then((answer) => setNear(answer.nearMisses.find((row) => row.request.id === entry.id && row.mapping) || null))
      .catch(() => {});
  }, [entry.id]);
  if (!near) return null;
  return html`<h3>Nearest scenario: <code>${near.mapping}</code></h3>
    <table class="cards near"><thead><tr><th>Field</th><th>Expected</th><th>Found</th><th>Fits</th></tr></thead>
      <tbody>${near.fields.map((field) => html`<tr class=${field.matched ? '' : 'miss'}>
        <td data-label="Field"><code>${field.field}</code></td><td data-label="Expected">${field.expected}</td>
        <td data-label="Found">${field.actual}</td><td data-label="Fits" class=${field.matched ? 'good' : 'bad'}>${field.matched ? 'yes' : 'no'}</td></tr>`)}</tbody></table>`;
}

function SaveDialog({ entry, onClose }) {
  const [name, setName] = useState(`like-request-${entry.id}`);
  const [saved, setSaved] = useState(null);
  const scenario = scenarioOf(entry, name);
  const save = async (event) => {
    event.preventDefault();
    setSaved(await attempt(() => admin('POST', '/__admin/mappings', scenario)) ?? null);
  };
  const document = JSON.stringify({ scenarios: [saved || scenario] }, null, 2);
  return html`<${Dialog} title="Save as a scenario" onClose=${onClose}>
    <form onSubmit=${save}>
      <p>Requests like this one get this answer, as long as the mock runs. Put the text into a file for${' '}
        <code>--scenarios</code> to keep it.</p>
      <label class="field">Name <input required pattern="[A-Za-z0-9._\\-]{1,64}" maxlength="64" value=${name}
        onInput=${(event) => { setName(event.target.value); setSaved(null); }} /></label>
      <pre tabindex="0" aria-label="The scenario document">${document}</pre>
      ${saved && html`<p class="good" role="status">The scenario is in force.</p>`}
      <p class="actions">
        <button class="main" disabled=${saved !== null}>Save</button>
        <button type="button" onClick=${() => copy(document, 'Scenario')}>Copy the text</button>
        <button type="button" onClick=${onClose}>Close</button></p>
    </form>
  <//>`;
}

function Actions({ entry }) {
  const [saving, setSaving] = useState(false);
  const [busy, setBusy] = useState(false);
  const why = whyNotAgain(entry);
  const curl = curlOf(entry);
  const repeat = async () => {
    setBusy(true);
    const outcome = await attempt(() => again(entry));
    setBusy(false);
    if (outcome) say(outcome.failure && !outcome.status ? `Sent again: ${outcome.failure}` : `Sent again: ${outcome.status} ${outcome.document?.error_detail?.code ?? ''}`);
  };
  const keep = () => attempt(async () => {
    await admin('POST', '/__admin/settings', { journal_bodies: true });
    say('From now on the journal keeps bodies, within its bounds');
  });
  return html`<div class="actions">
      <button class="main" onClick=${() => copy(curl, 'curl line')}>Copy as curl</button>
      <button disabled=${why !== '' || busy} onClick=${repeat} aria-describedby=${why ? 'why-not' : undefined}>Send again</button>
      <button onClick=${() => setSaving(true)}>Save as a scenario</button>
    </div>
    ${why && html`<p class="soft actions" id="why-not">${why} ${store.status && !store.status.journal_bodies
      && html`<button onClick=${keep}>Keep bodies from now on</button>`}</p>`}
    <details class="curl"><summary>The curl line</summary><pre tabindex="0" aria-label="The curl line">${curl}</pre>
      <p class="soft">The journal knows no key: put yours in the place of YOUR-KEY. curl reads the picture from the folder it is started in.</p></details>
    ${saving && html`<${SaveDialog} entry=${entry} onClose=${() => setSaving(false)} />`}`;
}

export function Detail({ id, entry, onClose }) {
  const title = useRef(null);
  const [fetched, setFetched] = useState(undefined); // an entry older than those that the page holds
  useEffect(() => {
    title.current?.focus();
  }, [id, entry !== undefined || fetched !== undefined]);
  useEffect(() => {
    if (entry) return;
    admin('GET', `/__admin/requests/${id}`).then(setFetched).catch(() => setFetched(null));
  }, [id, entry === undefined]);
  const shown = entry || fetched;
  const close = html`<button class="quiet close" aria-label="Close the detail (Escape)" onClick=${onClose}>×</button>`;
  if (!shown)
    return html`<aside class="detail" aria-label="Request ${id}">${close}<h2 ref=${title} tabindex="-1">Request #${id}</h2>
      <p>${fetched === null ? 'The journal has no request of this id (any more).' : 'Loading …'}</p></aside>`;
  return html`<aside class="detail" aria-label="Request ${id}">${close}
    <h2 ref=${title} tabindex="-1"><${Status} status=${shown.status} /> ${breakable(nameOf(shown))}</h2>
    <p class="soft path">#${id} · ${askedOf(shown)}</p>
    ${shown.method && !isTunnel(shown) && html`<${Actions} entry=${shown} />`}
    <h3>Why</h3><${Why} entry=${shown} />
    <${NearMiss} entry=${shown} />
    <h3>Request</h3><${Request} entry=${shown} />
    ${shown.method && html`<h3>Parts</h3><${Parts} entry=${shown} />`}
    ${shown.image && html`<h3>Picture</h3><${Picture} image=${shown.image} />`}
    ${shown.method && html`<h3>Headers</h3><${Headers} entry=${shown} />`}
  </aside>`;
}
