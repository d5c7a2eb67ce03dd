// A real coturn on loopback, ended by its pid. It keeps its port and its secret over a restart.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from './server.mjs';

const kPatience = 20_000;

/// Those that still run: no failure of a test may leave one behind.
const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

export class Coturn {
    #child;
    #ended;
    #args;
    #ports;
    output = '';

    /// `secret`: its static-auth-secret; without one it looks into the database that `args` name. `tls`: the files of a certificate and
    /// its key. `addresses`: where it listens; the first one is also where it relays. `args`: more of its command line. `file`: its
    /// configuration, in place of all else but ports, addresses and its own files. `under`: a program that becomes the server.
    static async start({ secret, tls, addresses = ['127.0.0.1'], args = [], file, under = [] } = {}) {
        const server = new Coturn();
        server.secret = secret;
        server.folder = mkdtempSync(join(tmpdir(), 'televisit-coturn-'));
        server.host = addresses[0];
        server.port = await freePort();
        server.tlsPort = await freePort();
        server.#ports = tls ? [server.port, server.tlsPort] : [server.port];
        const own = [
            ...addresses.map((address) => `--listening-ip=${address}`), `--listening-port=${server.port}`, `--relay-ip=${addresses[0]}`,
            `--userdb=${join(server.folder, 'turndb')}`, `--pidfile=${join(server.folder, 'pid')}`, '--log-file=stdout', '--simple-log',
            ...(tls ? [`--tls-listening-port=${server.tlsPort}`, `--cert=${tls.certificate}`, `--pkey=${tls.key}`] : []),
        ];
        const usual = [
            '-n', '--realm=televisit.test', '--use-auth-secret', '--allow-loopback-peers', '--no-cli', '--no-dtls', '--no-multicast-peers',
            '--fingerprint', ...(tls ? [] : ['--no-tls']), ...(secret ? [`--static-auth-secret=${secret}`] : []),
        ];
        server.#args = [...under, 'turnserver', ...(file ? ['-c', file] : usual), ...own, ...args];
        await server.begin();
        return server;
    }

    get pid() { return this.#child.pid; }
    url(transport = 'udp') { return `turn:${this.host}:${this.port}?transport=${transport}`; }
    get tlsUrl() { return `turns:${this.host}:${this.tlsPort}?transport=tcp`; }

    /// Starts it, again if need be, and waits until it listens.
    async begin() {
        const [program, ...args] = this.#args;
        const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.#child = child;
        running.add(child);
        this.output = '';
        await new Promise((done, fail) => {
            for (const stream of [child.stdout, child.stderr]) {
                stream.setEncoding('utf8').on('data', (text) => {
                    this.output += text;
                    if (/Total General servers/.test(this.output)) done();
                });
            }
            child.once('error', fail);
            this.#ended = new Promise((over) => child.once('close', () => {
                running.delete(child);
                fail(new Error(`turnserver ended; is coturn installed?\n${this.output}`));
                over();
            }));
        });
        // It says so before its threads have opened all listeners.
        for (const port of this.#ports) await this.#accepts(port);
    }

    async #accepts(port) {
        for (const until = Date.now() + kPatience; Date.now() < until; await pause(10)) {
            const accepted = await new Promise((done) => {
                const socket = connect(port, this.host, () => done(true)).on('error', () => done(false));
                socket.once('connect', () => socket.destroy());
            });
            if (accepted) return;
        }
        throw new Error(`turnserver does not listen on port ${port}:\n${this.output}`);
    }

    async kill() {
        this.#child.kill('SIGKILL');
        await this.#ended;
    }

    async stop() {
        await this.kill();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
