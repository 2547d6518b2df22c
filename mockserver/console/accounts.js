// Accounts: what each key has and may do, changed in its place.
import { html, useEffect, useState } from './vendor/htm-preact.js';
import { admin } from './api.js';
import { attempt, say, useStore } from './store.js';
import { plural } from './parts.js';

// An empty field means no limit.
const numberOf = (text) => (text.trim() === '' ? null : Number(text));

function draftOf(account) {
  return {
    credits: account.credits ?? '',
    requests: account.rate?.requests ?? '',
    window_ms: account.rate?.window_ms ?? '',
    concurrency: account.concurrency ?? '',
    locked: account.locked,
  };
}

// What the API takes; only what differs, so that a balance that changes meanwhile stays.
function settingOf(draft, from) {
  const setting = {};
  const differs = (name) => String(draft[name]) !== String(from[name]);
  if (differs('credits')) setting.credits = numberOf(String(draft.credits));
  if (differs('concurrency')) setting.concurrency = numberOf(String(draft.concurrency));
  if (differs('requests') || differs('window_ms')) {
    const requests = numberOf(String(draft.requests));
    setting.rate = requests === null ? null : { requests, window_ms: numberOf(String(draft.window_ms)) ?? 1000 };
  }
  if (draft.locked !== from.locked) setting.locked = draft.locked;
  return setting;
}

function NumberCell({ name, label, account, draft, onDraft, minimum }) {
  return html`<td data-label=${label}><input type="number" min=${minimum} placeholder="no limit" aria-label="${label} of ${account}" value=${draft[name]}
    onInput=${(event) => onDraft({ ...draft, [name]: event.target.value })} /></td>`;
}

function Account({ account, onChanged }) {
  const from = draftOf(account);
  const [draft, setDraft] = useState(null); // null: nothing was typed, the account's own values show
  const shown = draft || from;
  const setting = settingOf(shown, from);
  const dirty = Object.keys(setting).length > 0;
  const path = `/__admin/accounts/${encodeURIComponent(account.key)}`;
  const save = (event) => {
    event.preventDefault();
    return attempt(async () => {
      await admin('PUT', path, setting);
      setDraft(null);
      say(`${account.key} is changed`);
      await onChanged();
    });
  };
  const reset = () => attempt(async () => {
    await admin('POST', `${path}/reset`);
    setDraft(null);
    say(`${account.key} starts again`);
    await onChanged();
  });
  const cell = { account: account.key, draft: shown, onDraft: setDraft };
  const keys = (event) => {
    if (event.key === 'Enter' && event.target.tagName === 'INPUT' && dirty) save(event);
    if (event.key === 'Escape' && draft) setDraft(null);
  };
  return html`<tr onKeyDown=${keys}><th scope="row" data-label="Key"><code>${account.key}</code></th>
    <${NumberCell} name="credits" label="Credits" minimum="0" ...${cell} />
    <${NumberCell} name="requests" label="Requests per window" minimum="1" ...${cell} />
    <${NumberCell} name="window_ms" label="Window, ms" minimum="1" ...${cell} />
    <${NumberCell} name="concurrency" label="At once" minimum="1" ...${cell} />
    <td data-label="Locked"><input type="checkbox" aria-label="Locked, ${account.key}" checked=${shown.locked} onChange=${(event) => setDraft({ ...shown, locked: event.target.checked })} /></td>
    <td data-label="So far" class="soft wide">${plural(account.calls, 'call')}: ${account.successes} good, ${account.failures} failed, ${account.refused} refused${account.in_flight ? `; ${account.in_flight} in flight` : ''}${account.queued ? `; ${account.queued} queued` : ''}</td>
    <td data-label="" class="actions"><button class="main" disabled=${!dirty} onClick=${save}>Save</button><button onClick=${reset}>Reset</button></td></tr>`;
}

function NewAccount({ onChanged }) {
  const [key, setKey] = useState('');
  const [credits, setCredits] = useState('24');
  const add = (event) => {
    event.preventDefault();
    return attempt(async () => {
      await admin('PUT', '/__admin/accounts', { accounts: { [key]: { credits: numberOf(credits) } } });
      say(key === '*' ? 'Set for every key without a setting of its own' : 'The account is set');
      setKey('');
      await onChanged();
    });
  };
  return html`<form class="filters" aria-label="Set a key" onSubmit=${add}>
    <label class="field">API key, or * for all <input required value=${key} spellcheck="false" autocomplete="off" onInput=${(event) => setKey(event.target.value)} /></label>
    <label class="field short">Credits <input type="number" min="0" placeholder="no limit" value=${credits} onInput=${(event) => setCredits(event.target.value)} /></label>
    <button class="main">Set</button></form>`;
}

export function Accounts() {
  const { status } = useStore();
  const [accounts, setAccounts] = useState(null);
  const load = () => admin('GET', '/__admin/accounts').then((answer) => setAccounts(answer.accounts));
  useEffect(() => {
    load().catch(() => {});
  }, [status?.last_id, status?.boot]);
  const resetAll = () => attempt(async () => {
    await admin('POST', '/__admin/accounts/reset');
    say('All accounts start again');
    await load();
  });
  return html`<div class="title"><h1>Accounts</h1><p class="soft">A key is shown by a hash; the mock keeps no key.</p>
      <button title="Balances, counters and rate windows start again; settings go back to those of the last document" onClick=${resetAll}>Reset all</button></div>
    <${NewAccount} onChanged=${load} />
    ${accounts && (accounts.length ? html`<table class="cards accounts"><thead><tr><th>Key</th><th>Credits</th><th>Requests per window</th><th>Window, ms</th><th>At once</th><th>Locked</th><th>So far</th><th><span class="hidden">Actions</span></th></tr></thead>
      <tbody>${accounts.map((account) => html`<${Account} key=${account.key} account=${account} onChanged=${load} />`)}</tbody></table>`
    : html`<p class="empty-list">No key has been seen or set yet. <a href="#/try">Try it</a> makes a call.</p>`)}`;
}
