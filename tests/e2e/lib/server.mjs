// One televisitd on a free port, with its own state folder and log; ended by its pid.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

import { openStorage } from './storage.mjs';

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const build = resolve(process.env.TELEVISIT_BUILD ?? join(repository, 'build/release'));
const config = join(repository, 'conf/televisitd.yaml');

const kStartDeadline = 30_000;
const kStopDeadline = 20_000;
// What SDP and candidates look like; none of it may ever be logged.
const kNeverLogged = [/v=0\\?r?\\?n/, /a=ice-ufrag/, /a=fingerprint/, /candidate:\d/, /ice-pwd/];

export async function freePort() {
    const probe = createServer();
    await new Promise((done, fail) => probe.once('error', fail).listen(0, '127.0.0.1', done));
    const { port } = probe.address();
    await new Promise((done) => probe.close(done));
    return port;
}

export class Server {
    #child;
    #exited;
    #log = [];
    #secrets = new Set();
    #storage;

    /// `tls`: the files of a certificate and its key; the server then speaks https.
    static async start({ origins = [], grace = '15s', tls, env = {} } = {}) {
        const server = new Server();
        server.folder = mkdtempSync(join(tmpdir(), 'televisit-e2e-'));
        server.port = await freePort();
        server.url = `http${tls ? 's' : ''}://127.0.0.1:${server.port}`;
        server.jwtSecret = randomBytes(32).toString('hex');
        server.#secrets.add(server.jwtSecret);
        server.#storage = await openStorage({ build, config, folder: server.folder });
        server.#launch({
            ...server.#storage.env,
            TELEVISIT_HOST: '127.0.0.1',
            TELEVISIT_PORT: String(server.port),
            TELEVISIT_STATE_DIR: server.folder,
            TELEVISIT_JWT_SECRET: server.jwtSecret,
            TELEVISIT_CORS_ORIGINS: origins.join(','),
            TELEVISIT_GRACE: grace,
            ...(tls ? { TELEVISIT_TLS_CERTIFICATE: tls.certificate, TELEVISIT_TLS_KEY: tls.key } : {}),
            ...env,
        });
        try {
            await server.#healthy();
            server.#storage.check();
        } catch (failure) {
            await server.kill();
            throw failure;
        }
        return server;
    }

    #launch(env) {
        const program = join(build, 'bin/televisitd');
        if (!existsSync(program)) throw new Error(`no server at ${program}: build it, or set TELEVISIT_BUILD`);
        const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TELEVISIT_')));
        this.#child = spawn(program, ['--config', config], { env: { ...kept, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [this.#child.stdout, this.#child.stderr]) {
            stream.setEncoding('utf8').on('data', (text) => this.#log.push(text));
        }
        this.#exited = new Promise((done) => {
            this.#child.once('close', (code, signal) => done({ code, signal }));
            this.#child.once('error', (failure) => done({ code: -1, failure }));
        });
    }

    async #healthy() {
        let exit;
        this.#exited.then((result) => { exit = result; });
        for (const until = Date.now() + kStartDeadline; Date.now() < until;) {
            if (exit) throw new Error(`televisitd exited with ${JSON.stringify(exit)}:\n${this.log()}`);
            const answer = await fetch(`${this.url}/health`).catch(() => undefined);
            if (answer?.ok && (await answer.json()).status === 'healthy') return;
            await pause(25);
        }
        throw new Error(`televisitd was not healthy in time:\n${this.log()}`);
    }

    get pid() { return this.#child.pid; }
    signal(name) { this.#child.kill(name); }

    log() {
        const files = readdirSync(this.folder).map((name) => join(this.folder, name))
            .filter((file) => file.endsWith('.log') && statSync(file).isFile());
        return this.#log.join('') + files.map((file) => readFileSync(file, 'utf8')).join('');
    }

    /// Remembers a text that must never occur in the log: a token, a chat message, a name.
    secret(text) {
        if (text) this.#secrets.add(text);
        return text;
    }

    /// Ends the server as an operator would, and looks into what it logged.
    async stop() {
        this.#child.kill('SIGTERM');
        const late = Symbol();
        const timer = new AbortController();
        const result = await Promise.race([this.#exited, pause(kStopDeadline, late, { signal: timer.signal, ref: false })]);
        timer.abort();
        if (result === late) {
            await this.kill();
            throw new Error(`televisitd did not stop after SIGTERM:\n${this.log()}`);
        }
        const log = this.log();
        await this.#storage.close();
        rmSync(this.folder, { recursive: true, force: true });
        if (result.code !== 0) throw new Error(`televisitd ended with ${JSON.stringify(result)}:\n${log}`);
        this.#refuseLeaks(log);
    }

    async kill() {
        if (this.#child) {
            this.#child.kill('SIGKILL');
            await this.#exited;
        }
        await this.#storage?.close();
        rmSync(this.folder, { recursive: true, force: true });
    }

    #refuseLeaks(log) {
        for (const line of log.split('\n')) {
            const leaked = [...this.#secrets].some((text) => line.includes(text)) || kNeverLogged.some((form) => form.test(line));
            if (leaked) throw new Error(`the log holds what must not be logged: ${line.slice(0, 400)}`);
        }
    }
}
