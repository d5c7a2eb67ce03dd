// A PostgreSQL server of the test's own, on a unix socket in a folder of its own.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../../e2e/lib/server.mjs';
import { until, within } from './within.mjs';

const run = promisify(execFile);
const kVersions = '/usr/lib/postgresql';
/// Where Debian puts the programs of the newest version; nothing when there is none.
export const programs = existsSync(kVersions)
    ? readdirSync(kVersions).sort((a, b) => Number(b) - Number(a)).map((version) => join(kVersions, version, 'bin'))
        .find((folder) => existsSync(join(folder, 'postgres')))
    : undefined;

/// PostgreSQL refuses to be root.
const owner = process.getuid() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) }
    : {};

/// A server whose unix socket is in that folder.
export const urlAt = (folder, port = 5432) => `postgresql:///postgres?host=${folder}&user=postgres&port=${port}`;
export const socketIn = (folder, port = 5432) => join(folder, `.s.PGSQL.${port}`);

/// Those that still run: no failure of a test may leave one behind.
const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGQUIT'); });

export class Postgres {
    #child;
    #ended;
    #settings = [];
    #tcp = false;

    /// `settings`: more of them, such as 'ssl=on'. `hba`: who may come in, instead of everybody. `files`: by their names, what lies
    /// beside its data. `tcp`: it listens on a free port of loopback, too, another one at each start.
    static async open({ settings = [], hba, files = {}, tcp = false } = {}) {
        const server = new Postgres();
        server.#makeFolder();
        await run(join(programs, 'initdb'), ['--pgdata=data', '--username=postgres', '--auth=trust', '--no-sync', '--encoding=UTF8',
            '--locale=C.UTF-8'], { cwd: server.folder, ...owner });
        server.#settings = settings;
        server.#tcp = tcp;
        if (hba) server.write('data/pg_hba.conf', hba);
        for (const [name, content] of Object.entries(files)) server.write(name, content);
        await server.start();
        return server;
    }

    /// A copy of it that follows it, and can take its place.
    async openStandby() {
        const server = new Postgres();
        server.#makeFolder();
        await run(join(programs, 'pg_basebackup'), ['--pgdata=data', '--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast',
            '--no-sync', '-d', this.url], { cwd: server.folder, ...owner });
        await server.start();
        return server;
    }

    /// Puts a file beside its data, for the server alone.
    write(name, content) {
        const file = join(this.folder, name);
        writeFileSync(file, content, { mode: 0o600 });
        if (owner.uid !== undefined) chownSync(file, owner.uid, owner.gid);
    }

    #makeFolder() {
        this.folder = mkdtempSync(join(tmpdir(), 'televisit-postgres-'));
        chmodSync(this.folder, 0o755);
        if (owner.uid !== undefined) chownSync(this.folder, owner.uid, owner.gid);
    }

    get url() { return urlAt(this.folder, this.port); }
    /// Its unix socket.
    get path() { return socketIn(this.folder, this.port); }

    async start() {
        // Another process may be quicker to take the port.
        for (let tries = 1; !await this.#started(tries < 5 && this.#tcp); ++tries);
    }

    /// `mayEnd`: whether it may end instead.
    async #started(mayEnd) {
        if (this.#tcp) this.port = await freePort();
        const settings = [`unix_socket_directories=${this.folder}`, `listen_addresses=${this.#tcp ? '127.0.0.1' : ''}`, 'fsync=off',
            ...this.#settings];
        const port = this.#tcp ? ['-p', String(this.port)] : [];
        this.#child = spawn(join(programs, 'postgres'), ['-D', 'data', ...port, ...settings.flatMap((setting) => ['-c', setting])],
            { cwd: this.folder, stdio: 'ignore', ...owner });
        const child = this.#child;
        running.add(child);
        let ended = false;
        this.#ended = new Promise((done) => child.once('close', () => {
            ended = true;
            done(running.delete(child));
        }));
        await until(() => (mayEnd && ended) || this.sql('SELECT 1').then(() => true, () => false), 'PostgreSQL');
        return !ended;
    }

    /// Lines of unaligned output.
    async sql(text) {
        const { stdout } = await run(join(programs, 'psql'), ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', this.url, '-c', text]);
        return stdout.split('\n').slice(0, -1);
    }

    async dump() {
        const { stdout } = await run(join(programs, 'pg_dump'), ['--inserts', '-d', this.url], { maxBuffer: 1 << 28 });
        return stdout;
    }

    /// To all its processes.
    signal(name) {
        const children = readFileSync(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, 'utf8').trim().split(/\s+/);
        for (const pid of children.filter(Boolean)) {
            try {
                process.kill(Number(pid), name);
            } catch (failure) {
                if (failure.code !== 'ESRCH') throw failure;  // it has just ended by itself
            }
        }
        process.kill(this.#child.pid, name);
    }

    /// Ends it without a goodbye.
    async kill() {
        this.signal('SIGKILL');
        await within(this.#ended, 'the end of PostgreSQL');
    }

    /// Stops it as `pg_ctl stop` does: `fast` ends its clients first, `immediate` is a crash that it knows of.
    async stop(mode) {
        this.#child.kill({ fast: 'SIGINT', immediate: 'SIGQUIT' }[mode]);
        await within(this.#ended, 'the end of PostgreSQL');
    }

    async close() {
        if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
