// A Redis server of the test's own, on a unix socket in a folder of its own; ended by its pid. What it has written to its
// folder is there again after a restart, unless the folder is emptied.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { until, within } from './within.mjs';

const run = promisify(execFile);
/// Those that still run: no failure of a test may leave one behind.
const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/// Redis as records need it; its snapshots are not packed, so that a test can look into them.
export const kDurable = { appendonly: 'yes', appendfsync: 'always', rdbcompression: 'no' };

export class Redis {
    #child;
    #ended;
    #options;
    output = '';

    /// `options`: more of the command line, as pairs without dashes, e.g. {appendonly: 'yes', appendfsync: 'always'}.
    /// `port`: of loopback, where the socket will not do, such as behind a proxy. `file`: its redis.conf.
    static async open({ options = {}, port = 0, password, file } = {}) {
        const server = new Redis();
        server.file = file;
        server.folder = mkdtempSync(join(tmpdir(), 'televisit-redis-'));
        server.port = port;
        server.password = password;
        server.#options = { save: '', ...options, ...(password ? { requirepass: password } : {}) };
        try {
            await server.start();
        } catch (failure) {
            await server.close();
            throw failure;
        }
        return server;
    }

    get socket() { return join(this.folder, 'redis.sock'); }
    get pid() { return this.#child.pid; }

    async start() {
        const fixed = { port: this.port, bind: '127.0.0.1', unixsocket: this.socket, dir: this.folder, daemonize: 'no' };
        const args = Object.entries({ ...fixed, ...this.#options }).flatMap(([name, value]) => [`--${name}`, String(value)]);
        if (this.file) args.unshift(this.file);
        const child = spawn('redis-server', args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
        this.#child = child;
        running.add(child);
        for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { this.output += text; });
        this.#ended = new Promise((done) => {
            child.once('error', (failure) => done(this.output += failure.message));
            child.once('close', () => done(running.delete(child)));
        });
        await until(() => this.cli('PING').then((answer) => answer === 'PONG', () => {
            if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
                throw new Error(`redis-server ended:\n${this.output}`);
            return false;
        }), () => `Redis:\n${this.output}`);
    }

    /// What redis-cli prints; answers of several parts have a line each.
    async cli(...command) {
        const env = { ...process.env, ...(this.password ? { REDISCLI_AUTH: this.password } : {}) };
        const { stdout } = await run('redis-cli', ['-s', this.socket, ...command], { env, maxBuffer: 1 << 28 });
        return stdout.replace(/\n$/, '');
    }

    /// Every byte of the files that it has written, and of a snapshot.
    async files() {
        await this.cli('SAVE');
        return readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
            .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'latin1')).join('\n');
    }

    signal(name) { this.#child.kill(name); }
    /// Holds it, so that it answers nobody, and lets it go on.
    pause() { this.signal('SIGSTOP'); }
    resume() { this.signal('SIGCONT'); }

    /// Ends it without a goodbye.
    async kill() {
        this.signal('SIGKILL');
        await within(this.#ended, 'the end of Redis');
    }

    /// Kills it and starts it again; `empty`: without anything that it had.
    async restart({ empty = false } = {}) {
        await this.kill();
        if (empty) for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { recursive: true });
        await this.start();
    }

    async close() {
        const child = this.#child;
        if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) await this.kill();
        if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true });
    }
}
