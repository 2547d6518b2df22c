// Node before 22.21 and 24.5 knows no proxy variables, and later ones obey them where the program has
// no agent of its own. Loaded by NODE_OPTIONS, this module leads what http, https and fetch send to
// other machines through the proxy of HTTPS_PROXY.
'use strict';

const FETCH_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

function knowsProxyVariables(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

function isLocal(host) {
  return !host || /^(localhost|.*\.localhost|127\.[0-9.]+|0\.0\.0\.0|\[?::1?\]?)$/i.test(host);
}

function install(proxy) {
  const http = require('http');
  const https = require('https');
  const net = require('net');
  const tls = require('tls');

  // Calls done(error) or done(null, socket) when the proxy has answered.
  function openTunnel(host, port, done) {
    const authority = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
    const request = http.request({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: { Host: authority },
      agent: false,
    });
    request.once('error', done);
    // The answer to CONNECT, or an ordinary one that refuses.
    request.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return done(null, socket);
      socket.destroy();
      done(new Error(`the mock refused a connection to ${authority}: ${answer.statusCode}`));
    });
    request.once('response', (answer) => {
      answer.destroy();
      done(new Error(`the mock refused a connection to ${authority}: ${answer.statusCode}`));
    });
    request.end();
  }

  // Connections of http and https are made by agents, and by one of these two functions.
  function tunnelConnectionsOf(Agent, defaultPort) {
    const connect = Agent.prototype.createConnection;
    Agent.prototype.createConnection = function createConnection(options, done, ...more) {
      const knows = this.options && this.options.proxyEnv;
      if (knows || typeof options !== 'object' || options.socketPath || options.socket ||
          isLocal(options.host) || typeof done !== 'function')
        return connect.call(this, options, done, ...more);
      openTunnel(options.host, options.port || defaultPort, (error, socket) => {
        if (error) return done(error);
        done(null, Agent === https.Agent ? connect.call(this, { ...options, socket }) : socket);
      });
      return undefined;
    };
  }

  // How fetch connects: options.servername is there when the program chose one.
  function connectForFetch(options, done) {
    const secure = options.protocol === 'https:';
    const port = options.port || (secure ? 443 : 80);
    const finish = (error, socket) => {
      if (error) return done(error);
      if (!secure && !socket.connecting) return done(null, socket);
      const made = secure
        ? tls.connect({
          socket,
          servername: options.servername || (net.isIP(options.hostname) ? '' : options.hostname),
          host: options.hostname,
          ALPNProtocols: ['http/1.1'],
        })
        : socket;
      made.once('error', done);
      made.once(secure ? 'secureConnect' : 'connect', () => {
        made.removeListener('error', done);
        done(null, made);
      });
    };
    if (isLocal(options.hostname))
      finish(null, net.connect({ host: options.hostname.replace(/^\[|\]$/g, ''), port }));
    else openTunnel(options.hostname, port, finish);
  }

  // A program that sets a dispatcher of its own keeps it. The first call of fetch loads the default.
  function tunnelFetch() {
    const fetchDirectly = globalThis.fetch;
    if (typeof fetchDirectly !== 'function') return;
    let known = false;
    globalThis.fetch = function fetch(...call) {
      if (!known) {
        known = true;
        void globalThis.Response;
        const dispatcher = globalThis[FETCH_DISPATCHER];
        if (dispatcher && dispatcher.constructor.name === 'Agent')
          globalThis[FETCH_DISPATCHER] = new dispatcher.constructor({ connect: connectForFetch });
      }
      return Reflect.apply(fetchDirectly, this, call);
    };
  }

  tunnelConnectionsOf(http.Agent, 80);
  tunnelConnectionsOf(https.Agent, 443);
  if (!knowsProxyVariables(process.versions.node)) tunnelFetch();
}

if (process.env.HTTPS_PROXY)
  install(new URL(process.env.HTTPS_PROXY));
