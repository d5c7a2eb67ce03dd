// Texts in which '«' stands before what a message is about.
const kMark = '«';

/// `text` without its marks, and their places as "line:column", counted from 1.
export function marked(text) {
    const places = [];
    let plain = '';
    for (const [number, part] of text.split(kMark).entries()) {
        if (number > 0) {
            const lines = plain.split('\n');
            places.push(`${lines.length}:${lines.at(-1).length + 1}`);
        }
        plain += part;
    }
    return { text: plain, places };
}
