// Debian's nginx with a file of conf/nginx itself, on free ports, in a folder of its own; ended by its pid.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, repository } from '../../e2e/lib/server.mjs';
import { until } from './within.mjs';

// Debian keeps it where only root looks.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const running = new Set();
process.once('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/// A shipped file with the values that an operator would put in; each must occur in it. `upstreams`: the ports of the servers.
export function siteFile({ port, securePort, upstreams, certificate, key }) {
    const several = upstreams.length > 1;
    const name = several ? 'conf/nginx/televisit-nodes.conf' : 'conf/nginx/televisit.conf';
    const places = several ? [/server 10\.0\.0\.11:8086\b/g, /server 10\.0\.0\.12:8086\b/g] : [/server 127\.0\.0\.1:8086\b/g];
    let text = readFileSync(join(repository, name), 'utf8');
    for (const [pattern, value] of [
        [/listen 80;/g, `listen 127.0.0.1:${port};`],
        [/listen \[::\]:80;/g, ''],
        [/listen 443 ssl http2;/g, `listen 127.0.0.1:${securePort} ssl http2;`],
        [/listen \[::\]:443 ssl http2;/g, ''],
        ...places.map((pattern, i) => [pattern, `server 127.0.0.1:${upstreams[i]}`]),
        [/server_name visit\.example\.org;/g, 'server_name 127.0.0.1;'],
        [/\/etc\/letsencrypt\/live\/visit\.example\.org\/fullchain\.pem/g, certificate],
        [/\/etc\/letsencrypt\/live\/visit\.example\.org\/privkey\.pem/g, key],
    ]) {
        if (!pattern.test(text)) throw new Error(`${name} has no ${pattern}`);
        text = text.replace(pattern, value);
    }
    return text;
}

export class Nginx {
    #child;
    output = '';

    /// In front of servers on this machine, with a certificate and its key.
    static async start({ upstreams, certificate, key }) {
        const nginx = new Nginx();
        nginx.folder = mkdtempSync(join(tmpdir(), 'televisit-nginx-'));
        nginx.port = await freePort();
        nginx.securePort = await freePort();
        nginx.url = `https://127.0.0.1:${nginx.securePort}`;
        const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${nginx.folder};`);
        writeFileSync(join(nginx.folder, 'site.conf'), siteFile({ ...nginx, upstreams, certificate, key }));
        writeFileSync(join(nginx.folder, 'nginx.conf'), `daemon off; master_process off; pid ${nginx.folder}/pid; error_log stderr warn;
            events {} http { access_log off; ${folders.join(' ')} include /etc/nginx/mime.types; include ${nginx.folder}/site.conf; }`);
        const args = ['-p', nginx.folder, '-c', join(nginx.folder, 'nginx.conf'), '-e', 'stderr'];
        execFileSync('nginx', [...args, '-t', '-q'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
        nginx.#child = spawn('nginx', args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
        running.add(nginx.#child);
        nginx.#child.stderr.setEncoding('utf8').on('data', (text) => { nginx.output += text; });
        nginx.#child.once('close', () => running.delete(nginx.#child));
        await until(() => fetch(`http://127.0.0.1:${nginx.port}/`, { redirect: 'manual' }).catch(() => undefined),
            () => `nginx:\n${nginx.output}`);
        return nginx;
    }

    async stop() {
        if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
            const ended = new Promise((done) => this.#child.once('close', done));
            this.#child.kill('SIGTERM');
            await ended;
        }
        rmSync(this.folder, { recursive: true, force: true });
    }
}
