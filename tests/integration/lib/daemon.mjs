// One televisitd with a configuration of the test's own; ended by its pid.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build, freePort } from '../../e2e/lib/server.mjs';
import { until, within } from './within.mjs';

export { build, freePort };
export const program = join(build, 'bin/televisitd');
export const plugins = join(build, 'lib/televisit/plugins');
export const testPlugins = join(build, 'tests/plugins');

/// The documented exit codes.
export const exits = { ok: 0, startFailed: 1, badConfig: 2, stopHung: 3, startHung: 4, badUsage: 64 };

/// What SDP and candidates look like.
const kNeverLogged = [/v=0\\?r?\\?n/, /a=ice-ufrag/, /candidate:\d/];

/// The test's environment, without what would steer the server.
export function environment(more = {}) {
    const kept = Object.entries(process.env)
        .filter(([name]) => !/^(TELEVISIT_|STUN_|TURN_|NOTIFY_SOCKET|WATCHDOG_)/.test(name));
    return { ...Object.fromEntries(kept), ...more };
}

/// Those that still run: no failure of a test may leave one behind.
const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

export class Daemon {
    #child;
    #waiting = new Set();
    #secrets = new Set();
    output = '';
    exit;

    /// A server that is ready. `config` is the text of its file, or a function from the daemon to that text.
    static async start(options) {
        const daemon = await Daemon.launch(options);
        try {
            await daemon.ready();
        } catch (failure) {
            await daemon.kill();
            throw failure;
        }
        return daemon;
    }

    /// Runs to its end, which must come by itself.
    static async run(options) {
        const daemon = await Daemon.launch(options);
        try {
            await daemon.ended();
        } finally {
            await daemon.kill();
        }
        return { ...daemon.exit, output: daemon.output, folder: daemon.folder };
    }

    /// A process that was just started. `state` is its state folder, when it is not to have one of its own.
    /// `secure`: its public port will speak TLS. `under`: a program, with its arguments, that becomes the server.
    static async launch({ config, args = [], env = {}, adminPort = 0, state, secure = false, under = [] } = {}) {
        if (!existsSync(program)) throw new Error(`no server at ${program}: build it, or set TELEVISIT_BUILD`);
        const daemon = new Daemon();
        daemon.secure = secure;
        daemon.folder = mkdtempSync(join(tmpdir(), 'televisit-it-'));
        daemon.state = state ?? join(daemon.folder, 'state');
        daemon.file = join(daemon.folder, 'televisitd.yaml');
        daemon.jwtSecret = daemon.secret(randomBytes(32).toString('hex'));
        if (config !== undefined) writeFileSync(daemon.file, typeof config === 'function' ? config(daemon) : config);
        daemon.#spawn(typeof args === 'function' ? args(daemon) : args, {
            TELEVISIT_HOST: '127.0.0.1',
            TELEVISIT_PORT: '0',  // any free one: the server tells which
            TELEVISIT_ADMIN_PORT: String(adminPort),
            TELEVISIT_STATE_DIR: daemon.state,
            TELEVISIT_JWT_SECRET: daemon.jwtSecret,
            ...env,
        }, under);
        return daemon;
    }

    #spawn(args, env, under) {
        const config = existsSync(this.file) ? [`--config=${this.file}`] : [];
        const [first, ...rest] = [...under, program, ...config, ...args];
        this.#child = spawn(first, rest,
            { cwd: this.folder, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [this.#child.stdout, this.#child.stderr]) {
            stream.setEncoding('utf8').on('data', (text) => {
                this.output += text;
                this.#look();
            });
        }
        running.add(this.#child);
        this.#child.once('error', (failure) => {
            this.exit = { code: -1, failure };
            this.#look();
        });
        this.#child.once('close', (code, signal) => {
            running.delete(this.#child);
            this.exit ??= { code, signal };
            this.#look();
        });
    }

    #look() { for (const look of [...this.#waiting]) look(); }

    /// The first true result of `check`, asked whenever the process says something or ends.
    when(check, what) {
        return within(new Promise((done, fail) => {
            const look = () => {
                const found = check();
                if (!found && !this.exit) return;
                this.#waiting.delete(look);
                if (found) done(found);
                else fail(new Error(`televisitd ended (${JSON.stringify(this.exit)}) before ${what}:\n${this.output}`));
            };
            this.#waiting.add(look);
            look();
        }), () => `${what}; output:\n${this.output}`);
    }

    /// Lines of the log so far.
    get lines() {
        return this.output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}')).map((line) => JSON.parse(line));
    }

    /// The log line that fits; waits for it.
    logged(fits, what = 'a log line') { return this.when(() => this.lines.find(fits), what); }

    /// Waits until it takes work. `detached`: the process started has ended by then, and left another behind.
    async ready({ detached = false } = {}) {
        await until(async () => {
            if (this.exit && !detached) throw new Error(`televisitd ended with ${JSON.stringify(this.exit)}:\n${this.output}`);
            return (await this.admin('/health/ready').catch(() => undefined))?.status === 200;
        }, () => `a server that is ready:\n${this.output}`);
        this.port = Number((await (await this.admin('/admin/status')).json()).public[0].split(':').at(-1));
        this.url = `http${this.secure ? 's' : ''}://127.0.0.1:${this.port}`;
    }

    ended() { return this.when(() => this.exit, 'its end'); }

    get pid() { return this.#child.pid; }
    signal(name) { this.#child.kill(name); }

    get(path) { return fetch(this.url + path); }

    /// Asks over the admin socket; answers like `fetch`.
    admin(path, { method = 'GET', socketPath = join(this.state, 'admin.sock') } = {}) {
        return within(new Promise((done, fail) => {
            request({ socketPath, path, method }, (answer) => {
                const parts = [];
                answer.on('data', (part) => parts.push(part)).once('error', fail).once('end', () => {
                    const text = Buffer.concat(parts).toString();
                    done(new Response(text || null, { status: answer.statusCode, headers: answer.headers }));
                });
            }).once('error', fail).end();
        }), `an answer over ${socketPath}`);
    }

    /// The value of a sample whose name and labels are given, 0 when there is none.
    async metric(name, labels = {}) {
        const text = await (await this.admin('/metrics')).text();
        const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
        const fits = samples.filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)));
        return fits.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    }

    /// Remembers a text that must never be logged.
    secret(text) {
        if (text) this.#secrets.add(text);
        return text;
    }

    /// Fails when the log holds what it must not hold.
    assertDiscreet(text = this.output) {
        for (const line of text.split('\n')) {
            const leaked = [...this.#secrets].some((secret) => line.includes(secret)) || kNeverLogged.some((form) => form.test(line));
            assert.ok(!leaked, `the log holds what must not be logged: ${line.slice(0, 400)}`);
        }
    }

    /// Ends it as an operator would.
    async stop({ code = exits.ok } = {}) {
        if (!this.exit) this.signal('SIGTERM');
        try {
            await this.ended();
            assert.equal(this.exit.code, code, `exit ${JSON.stringify(this.exit)}:\n${this.output}`);
            this.assertDiscreet();
        } finally {
            await this.kill();
        }
    }

    async kill() {
        if (!this.exit) {
            this.signal('SIGKILL');
            await this.ended();
        }
        rmSync(this.folder, { recursive: true, force: true });
    }

    read(name) { return readFileSync(join(this.folder, name), 'utf8'); }
}
