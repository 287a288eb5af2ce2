// The provider that sign-in is tested against: the certified oidc-provider, with accounts and
// clients by one JSON file, pages that need no script, and a second port by which tests act on it.
//
//   node server.mjs CONFIGURATION.json [--stay]     {port, issuer?, clients, accounts}
//
// It says `ready {…}` when both ports answer, and ends when its standard input does, so that it
// outlives no test run, however that ends. With --stay it says whom it knows, and stays until it
// is told to end: somebody tries it, perhaps in the background, where there is no input.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';

import { Provider } from 'oidc-provider';

const stays = process.argv[3] === '--stay';
if (stays) {
  process.on('uncaughtException', (error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    console.error(`端口 ${error.port} 已被占用。请先停止占用它的程序，或在 example.json、example.toml 里换一个端口。`);
    console.error(`Port ${error.port} is in use. End what uses it, or change the port in example.json and example.toml.`);
    process.exit(1);
  });
}
const configuration = JSON.parse(readFileSync(process.argv[2], 'utf8'));

// What tests change. `store` is what providers remember: each change below makes a new provider
// over the same store, since one reads its keys, clients and claims only once.
const store = new Map();
const caught = []; // logout tokens that nobody else was to be sent
let keys;
let clients;
let accounts;
let provider;
let handle;
let issuer;
let catcher;
const firstKeys = newKeys();
const cookieKeys = [randomBytes(16).toString('hex')];

function newKeys() {
  const made = [
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['EdDSA', generateKeyPairSync('ed25519')],
  ];
  // No `alg` with RSA: PS256 is signed by the same key.
  return made.map(([alg, { privateKey }]) => ({
    ...privateKey.export({ format: 'jwk' }),
    kid: `${alg.toLowerCase()}-${randomBytes(4).toString('hex')}`,
    use: 'sig',
    ...(alg === 'RS256' ? {} : { alg }),
  }));
}

class Remembered {
  constructor(model) {
    this.model = model;
  }

  all() {
    const now = Date.now();
    return [...store].filter(([key, kept]) => key.startsWith(`${this.model}:`) && kept.until > now)
      .map(([, kept]) => kept.payload);
  }

  async upsert(id, payload, expiresIn) {
    store.set(`${this.model}:${id}`, { payload, until: Date.now() + (expiresIn ?? 1e6) * 1000 });
  }

  async find(id) {
    const kept = store.get(`${this.model}:${id}`);
    return kept && kept.until > Date.now() ? kept.payload : undefined;
  }

  async findByUid(uid) {
    return this.all().find((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode) {
    return this.all().find((payload) => payload.userCode === userCode);
  }

  async consume(id) {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    store.delete(`${this.model}:${id}`);
  }

  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of store) if (payload.grantId === grantId) store.delete(key);
  }
}

const page = (title, body) => `<!doctype html><html lang="en"><meta charset="utf-8">
<title>${title}</title><h1>${title}</h1>${body}</html>`;

// Whatever accounts have is a claim of the scope `profile`; a claim that an account has under
// `only` comes in that answer alone, "id_token" or "userinfo".
function claimsOf(id, use) {
  const { claims, only = {} } = accounts[id];
  return Object.fromEntries(
    Object.entries(claims).filter(([name]) => !(name in only) || only[name] === use),
  );
}

function install() {
  const named = Object.values(accounts).flatMap(({ claims }) => Object.keys(claims));
  const made = new Provider(issuer, {
    adapter: Remembered,
    jwks: { keys },
    clients: Object.values(clients).map((client) => ({
      grant_types: ['authorization_code'],
      response_types: ['code'],
      backchannel_logout_uri: catcher,
      backchannel_logout_session_required: true,
      ...client,
    })),
    cookies: { keys: cookieKeys },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: [...new Set(named)].filter((name) => name !== 'sub') },
    conformIdTokenClaims: false, // what a scope brings is in the id_token too
    pkce: { required: () => true },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = page('Sign out', `${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`);
        },
        postLogoutSuccessSource: async (ctx) => {
          ctx.body = page('Signed out', '');
        },
      },
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Grant: 3600, Session: 3600 },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: async (_, id) => accounts[id] && {
      accountId: id,
      claims: async (use) => ({ ...claimsOf(id, use), sub: id }),
    },
    // Nobody is asked for consent.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        accountId: oidc.session.accountId, clientId: oidc.client.clientId,
      });
      grant.addOIDCScope([...oidc.requestParamScopes].join(' '));
      grant.addOIDCClaims([...oidc.requestParamClaims]);
      await grant.save();
      return grant;
    },
    renderError: async (ctx, out) => {
      ctx.type = 'html';
      ctx.body = page('Refused', `<pre>${JSON.stringify(out).replaceAll('<', '&lt;')}</pre>`);
    },
  });
  made.on('server_error', (_, error) => console.error(error));
  for (const event of ['authorization.error', 'grant.error', 'userinfo.error', 'backchannel.error']) {
    made.on(event, (_, error) => console.error(event, error.message, error.error_detail ?? ''));
  }
  provider = made;
  handle = made.callback();
}

function reset() {
  keys = firstKeys;
  clients = Object.fromEntries(configuration.clients.map((client) => [client.client_id, client]));
  accounts = structuredClone(configuration.accounts);
  store.clear();
  caught.length = 0;
}

async function read(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
}

function answer(response, status, type, body) {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

// The page on which somebody says who they are, or that they changed their mind.
async function interaction(request, response) {
  let complaint = '';
  if (request.method === 'POST') {
    const form = new URLSearchParams(await read(request));
    const id = form.get('account');
    if (form.has('cancel')) {
      await provider.interactionFinished(request, response, {
        error: 'access_denied', error_description: 'End-User aborted interaction',
      });
      return;
    }
    if (Object.hasOwn(accounts, id)) {
      const { acr, amr } = accounts[id].claims; // what a session is worth, as long as it lasts
      await provider.interactionFinished(request, response, { login: { accountId: id, acr, amr } });
      return;
    }
    complaint = '<p role="alert">There is no such account.</p>';
  } else {
    await provider.interactionDetails(request, response);
  }
  answer(response, complaint ? 400 : 200, 'text/html; charset=utf-8', page('Sign in', `${complaint}
<form method="post"><label>Account <input name="account" required></label>
<button>Sign in</button> <button name="cancel" value="yes" formnovalidate>Cancel</button></form>`));
}

// Everywhere or of one account: tell the clients (back-channel), and forget.
async function end(account) {
  const told = [];
  for (const payload of new Remembered('Session').all()) {
    if (!payload.accountId || (account && payload.accountId !== account)) continue;
    for (const [id, { sid, grantId }] of Object.entries(payload.authorizations ?? {})) {
      const client = await provider.Client.find(id);
      if (client?.backchannelLogoutUri) {
        const failed = await client.backchannelLogout(payload.accountId, sid)
          .then(() => null, (error) => error.message);
        told.push({ client_id: id, sub: payload.accountId, sid, failed });
      }
      await new Remembered('Grant').revokeByGrantId(grantId);
    }
    await new Remembered('Session').destroy(payload.jti);
  }
  return told;
}

const acts = {
  reset,
  rotate: ({ keep }) => { keys = [...newKeys(), ...(keep ? keys : [])]; },
  keys: () => keys, // the private ones: who forges with the right key needs it
  account: ({ id, ...account }) => { accounts[id] = account; },
  client: (client) => { clients[client.client_id] = { ...clients[client.client_id], ...client }; },
  end: ({ account }) => end(account),
  caught: () => caught.splice(0),
};

async function administer(request, response) {
  const name = request.url.slice(1);
  const text = await read(request);
  if (name === 'catch') {
    caught.push(new URLSearchParams(text).get('logout_token'));
    response.writeHead(204).end();
  } else if (request.method === 'POST' && Object.hasOwn(acts, name)) {
    const result = await acts[name](JSON.parse(text || '{}'));
    if (['reset', 'rotate', 'account', 'client'].includes(name)) {
      install();
      await Promise.all(Object.keys(clients).map((id) => provider.Client.find(id)));
    }
    answer(response, 200, 'application/json', JSON.stringify(result ?? null));
  } else {
    answer(response, 404, 'application/json', '{}');
  }
}

function serve(handle, port) {
  const server = http.createServer((request, response) => {
    Promise.resolve(handle(request, response)).catch((error) => {
      console.error(error);
      if (!response.headersSent) answer(response, 500, 'application/json', JSON.stringify({ error: error.message }));
    });
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server.address().port));
  });
}

const port = await serve(
  (request, response) => (request.url.startsWith('/interaction/')
    ? interaction(request, response) : handle(request, response)),
  configuration.port ?? 0,
);
const admin = await serve(administer, 0);
issuer = configuration.issuer ?? `http://127.0.0.1:${port}`;
catcher = `http://127.0.0.1:${admin}/catch`;
reset();
install();
console.log(`ready ${JSON.stringify({ issuer, port, admin })}`);
if (stays) {
  const names = Object.keys(configuration.accounts).join(', ');
  console.log(`登录平台 ${issuer} ，账号：${names}；按 Ctrl-C 停止。`);
  console.log(`A provider of identities on ${issuer}; accounts: ${names}. Ctrl-C ends it.`);
} else {
  process.stdin.resume().on('end', () => process.exit(0));
}
