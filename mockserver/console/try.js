// Try it: a picture, an expression, and what comes back beside it.
import { html, useEffect, useRef, useState } from './vendor/htm-preact.js';
import { admin, loadContract, send } from './api.js';
import { drawnPicture, frameOf, pictureOf, refusals } from './pictures.js';
import { attempt, change, remember, routeTo, say, store, useStore } from './store.js';
import { breakable, bytes, milliseconds, Status, useObjectUrl } from './parts.js';

const PROVOKED = [
  ['no-face', 'No face'], ['two-faces', 'Two faces'], ['ERROR_BLURRY_FACE', 'Blurry'],
  ['no-credits', 'No credits'], ['rate-limited', 'Too many calls'], ['slow', 'Slow: 3.5 s'],
  ['gateway-html-502', 'Gateway: HTML 502'], ['reset-mid-answer', 'Cut in the answer'],
];

function choose(blob, name) {
  change({ picture: { blob, name: name || blob.name || 'picture' } });
}

// Calls

function formOf(picture, choice) {
  const form = new FormData();
  if (choice !== null) form.append('service_choice', choice);
  form.append('image_target', picture.blob, picture.name);
  return form;
}

async function run({ picture, choice, key, scenario }) {
  const headers = { 'ailabapi-api-key': key };
  if (scenario && store.status?.strict) {
    const mapping = await admin('GET', `/__admin/mappings/${encodeURIComponent(scenario)}`);
    await admin('POST', '/__admin/queue', { api_key: key, steps: mapping.steps });
  } else if (scenario) headers['X-Mock-Scenario'] = scenario;
  const call = { headers, body: formOf(picture, choice) };
  const outcome = await send(call);
  if (outcome.document?.request_id) remember(outcome.document.request_id, call);
  return { ...outcome, picture, choice };
}

// Choosing a picture

function Camera({ onPicture, onClose }) {
  const video = useRef(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let stream = null;
    let over = false;
    navigator.mediaDevices.getUserMedia({ video: true }).then((got) => {
      stream = got;
      if (over) stream.getTracks().forEach((track) => track.stop());
      else video.current.srcObject = stream;
    }).catch(() => {
      say('No camera: there is none, or the browser was told not to give it.', true);
      onClose();
    });
    return () => {
      over = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  const take = () => attempt(async () => onPicture(await frameOf(video.current)));
  return html`<div class="camera"><video ref=${video} autoplay muted playsinline aria-label="Camera"
      onLoadedData=${() => setReady(true)}></video>
    <p class="actions"><button class="main" disabled=${!ready} onClick=${take}>Take the picture</button>
      <button onClick=${onClose}>Close the camera</button></p></div>`;
}

function Chooser() {
  const { picture } = useStore();
  const [over, setOver] = useState(false);
  const [camera, setCamera] = useState(false);
  const url = useObjectUrl(picture?.blob);
  useEffect(() => {
    const onPaste = (event) => {
      const file = [...(event.clipboardData?.files ?? [])][0];
      if (file) choose(file);
    };
    addEventListener('paste', onPaste);
    return () => removeEventListener('paste', onPaste);
  }, []);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) choose(file);
  };
  const draw = () => attempt(async () => {
    const { blob, name } = await drawnPicture();
    choose(blob, name);
  });
  return html`<section aria-labelledby="picture-title"><h2 id="picture-title">1. A picture</h2>
    <div class="drop ${over ? 'over' : ''}" onDragOver=${(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave=${() => setOver(false)} onDrop=${drop}>
      ${picture ? html`<img class="thumb" src=${url} alt="The chosen picture" />` : html`<p>Drop a picture here, or paste one.</p>`}
      <p class="actions">
        <label class="button"><input class="hidden" type="file" accept="image/*" onChange=${(event) => event.target.files[0] && choose(event.target.files[0])} />Choose a file</label>
        <button onClick=${draw}>Use a drawn face</button>
        ${navigator.mediaDevices && html`<button onClick=${() => setCamera(!camera)} aria-expanded=${camera}>Camera</button>`}
      </p>
      ${picture && html`<p class="soft">${picture.name}, ${bytes(picture.blob.size)}</p>`}
    </div>
    ${camera && html`<${Camera} onClose=${() => setCamera(false)} onPicture=${({ blob, name }) => { choose(blob, name); setCamera(false); }} />`}
  </section>`;
}

// What came back

// The envelope without its megabytes.
function printed(outcome) {
  if (!outcome.document) return outcome.text.slice(0, 4000) || outcome.failure;
  return JSON.stringify(outcome.document, (name, value) =>
    typeof value === 'string' && value.length > 400 ? `${value.slice(0, 40)}… (${value.length} characters)` : value, 2);
}

function Figures({ outcome, entry }) {
  const code = outcome.document?.error_detail?.code;
  return html`<p class="figures"><${Status} status=${outcome.status} />
    <b>${code ? breakable(code) : (outcome.failure && !outcome.status ? 'no answer' : outcome.status === 200 ? 'success' : '')}</b>
    <span>${milliseconds(outcome.ms)}</span><span>${bytes(outcome.size)}</span>
    ${outcome.scenario && html`<span>scenario <code>${outcome.scenario}</code></span>`}
    ${entry && html`<a href=${routeTo('live', entry.id)}>Request #${entry.id} in Live</a>`}</p>`;
}

function Outcome() {
  const { outcome, requests } = useStore();
  const title = useRef(null);
  const base64 = outcome?.document?.data?.image;
  const [result, setResult] = useState(null);
  useEffect(() => setResult(typeof base64 === 'string' ? pictureOf(base64) : null), [outcome]);
  useEffect(() => {
    // On a narrow screen the answer is below the buttons.
    if (outcome && title.current.getBoundingClientRect().bottom > innerHeight) title.current.scrollIntoView({ block: 'start' });
  }, [outcome]);
  const before = useObjectUrl(outcome?.picture.blob);
  const after = useObjectUrl(result);
  if (!outcome) return null;
  const id = outcome.document?.request_id;
  const entry = id ? requests.find((row) => row.request_id === id) : undefined;
  const message = outcome.document?.error_detail?.message;
  return html`<section class="outcome card" aria-labelledby="outcome-title"><h2 id="outcome-title" ref=${title} tabindex="-1">What came back</h2>
    <div role="status"><${Figures} outcome=${outcome} entry=${entry} />
      ${message && outcome.status !== 200 && html`<p>${message}</p>`}
      ${outcome.failure && html`<p class="bad">${outcome.failure}</p>`}</div>
    <div class="pair">
      <figure><img src=${before} alt="What was sent: ${outcome.picture.name}" /><figcaption>Sent: ${outcome.picture.name}</figcaption></figure>
      ${result ? html`<figure><img src=${after} alt="The result" /><figcaption>Result, ${bytes(result.size)}</figcaption></figure>`
        : html`<p class="no-result">No picture came back.</p>`}
    </div>
    <details open><summary>The envelope</summary><pre tabindex="0" aria-label="The envelope">${printed(outcome)}</pre></details>
  </section>`;
}

// The place

function expressionsOf(contract, revision) {
  const numbers = contract?.revisions.find((row) => row.name === revision)?.service_choice ?? [];
  return numbers.map((number) => contract.expressions.find((row) => row.number === number));
}

export function Try() {
  const { key, picture, status, outcome } = useStore();
  const [contract, setContract] = useState(null);
  const [busy, setBusy] = useState('');
  useEffect(() => {
    attempt(loadContract).then((got) => got && setContract(got));
  }, []);
  const expressions = expressionsOf(contract, status?.revision);
  const call = (id, what) => attempt(async () => {
    setBusy(id);
    try {
      change({ outcome: await run({ key: store.key, ...(await what()) }) });
    } finally {
      setBusy('');
    }
  });
  const last = outcome?.choice ?? expressions[0]?.number ?? 12;
  const own = async () => {
    if (!store.picture) {
      const { blob, name } = await drawnPicture();
      choose(blob, name);
    }
    return { picture: store.picture };
  };
  const expression = (number) => call(`e${number}`, async () => ({ ...(await own()), choice: number }));
  const provoke = (scenario) => call(scenario, async () => ({ ...(await own()), choice: last, scenario }));
  const refuse = (row) => call(row.id, async () => {
    const { blob, name, key: other } = await row.make();
    return { picture: { blob, name }, choice: last, ...(other === undefined ? {} : { key: other }) };
  });
  return html`<div class="try"><div class="title"><h1>Try it</h1>
      <p class="soft">Calls the mocked API as your program does.</p></div>
    <div class="columns"><div>
      <${Chooser} />
      <section aria-labelledby="call-title"><h2 id="call-title">2. An expression</h2>
        <label class="field">API key <input value=${key} spellcheck="false" autocomplete="off"
          onInput=${(event) => change({ key: event.target.value })} /></label>
        <div class="buttons" role="group" aria-labelledby="call-title" aria-busy=${busy !== ''}>
          ${expressions.map((row) => html`<button class="call" disabled=${busy !== ''} onClick=${() => expression(row.number)}>${row.label}<span class="number">${row.number}</span></button>`)}</div>
        ${!picture && html`<p class="soft">Without a picture of yours, a drawn face is sent.</p>`}</section>
      <section aria-labelledby="provoke-title"><h2 id="provoke-title">Or: provoke a failure</h2>
        <div class="buttons" role="group" aria-labelledby="provoke-title">${PROVOKED.map(([id, name]) => html`<button disabled=${busy !== ''} onClick=${() => provoke(id)}>${name}</button>`)}</div>
        <p class="soft">The same picture, with ${status?.strict ? 'a step in the queue' : html`the header <code>X-Mock-Scenario</code>`}. <a href="#/fail">Fail</a> has all of them.</p></section>
      <section aria-labelledby="refuse-title"><h2 id="refuse-title">Or: send what is refused</h2>
        <div class="buttons" role="group" aria-labelledby="refuse-title">${refusals.map((row) => html`<button disabled=${busy !== ''} onClick=${() => refuse(row)}><b>${row.name}</b><span class="soft">${row.note}</span></button>`)}</div></section>
    </div><${Outcome} /></div></div>`;
}
