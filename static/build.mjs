// Builds static/dist: every file in css/ and js/entry/ that is an entry point, with a hash of its content in its name,
// the fonts they use, the icons named in icons.json, and img/. manifest.json maps a plain name to the hashed one.
// Compressed copies stand beside each file, so the server never compresses.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const manifest = {};

function hashed(name, content) {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const ending = extname(name);
  return `${basename(name, ending)}-${digest}${ending}`;
}

async function put(name, content) {
  manifest[name] = hashed(name, content);
  await writeFile(join(dist, manifest[name]), content);
}

async function bundle(entryPoints, options) {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints,
    outdir: "dist",
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    metafile: true,
    legalComments: "none",
    logLevel: "warning",
    loader: { ".woff2": "file" },
    target: ["chrome123", "firefox121", "safari17.5"],
    ...options,
  });
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint) manifest[basename(entryPoint)] = basename(output);
    else manifest[basename(output).replace(/-[A-Z0-9]{8}(?=\.)/, "")] = basename(output);
  }
}

async function icons() {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const shapes = {};
  for (const name of names) {
    const svg = await readFile(join(here, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    shapes[name] = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, " ").replaceAll(" />", "/>").trim();
  }
  await writeFile(join(dist, "icons.json"), JSON.stringify(shapes));
}

async function compressed(file) {
  const content = await readFile(file);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content, quality));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

const scripts = (await readdir(join(here, "js/entry"))).map((name) => `js/entry/${name}`);
const classic = scripts.filter((name) => name.endsWith("/theme.js"));
const modules = scripts.filter((name) => !classic.includes(name));
await bundle(["css/site.css"], {});
await bundle(classic, { format: "iife" });
await bundle(modules, { format: "esm" });
for (const name of await readdir(join(here, "img"))) await put(name, await readFile(join(here, "img", name)));
await icons();

const ordered = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(join(dist, "manifest.json"), JSON.stringify(ordered, null, 1) + "\n");
const files = await readdir(dist);
await Promise.all(files.filter((name) => /\.(css|js|svg)$/.test(name)).map((name) => compressed(join(dist, name))));
