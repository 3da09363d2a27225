// Makes what the pages load that others wrote: one stylesheet with its fonts, one script, their licences, and a manifest.
// `node build.mjs FOLDER INPUTS`: writes into FOLDER; INPUTS is a digest of what the build is made from, for the manifest.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const [folder, inputs] = process.argv.slice(2);
const PACKAGES = ["@digdir/designsystemet-css", "@fontsource-variable/inter", "htmx.org"];
const own = (...parts) => path.join(import.meta.dirname, ...parts);
const ALLOWED = JSON.parse(await readFile(own("package.json"), "utf8")).licences; // htmx.org writes 0BSD in its own way
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
const fail = (text) => { console.error(text); process.exit(1); };

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await build({
  entryPoints: [own("looks.css")], bundle: true, minify: true, outdir: folder, conditions: ["browser"],
  loader: { ".woff2": "file" }, entryNames: "[name]-[hash]", assetNames: "[name]-[hash]", logLevel: "warning",
});
const script = (await readFile(own("node_modules/htmx.org/dist/htmx.min.js"), "utf8")).replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
await writeFile(path.join(folder, `htmx-${digest(script).slice(0, 8).toUpperCase()}.js`), script);

const packages = [];
let licences = "";
for (const name of PACKAGES) {
  const about = JSON.parse(await readFile(own("node_modules", name, "package.json"), "utf8"));
  if (!ALLOWED.includes(about.license)) fail(`${name} has the licence ${about.license}, which is not one of ${ALLOWED.join(", ")}.`);
  packages.push({ name, version: about.version, license: about.license });
  const text = await readFile(own("node_modules", name, "LICENSE"), "utf8");
  licences += `${name} ${about.version} (${about.license})\n\n${text.trim()}\n\n\n`;
}
await writeFile(path.join(folder, "LICENSES.txt"), licences);

const files = {};
for (const file of (await readdir(folder)).sort()) {
  const bytes = await readFile(path.join(folder, file));
  const foreign = /\.(css|js)$/.test(file) && bytes.toString("utf8").replaceAll("http://www.w3.org/", "").match(/https?:\/\/[^\s"')]+/);
  if (foreign) fail(`${file} names another address: ${foreign[0]}`);
  files[file] = { sha256: digest(bytes), size: bytes.length };
}
const named = (start, end) => Object.keys(files).find((file) => file.startsWith(start) && file.endsWith(end)) ?? fail(`no ${start}*${end} was made`);
const manifest = {
  inputs, stylesheet: named("looks-", ".css"), script: named("htmx-", ".js"), font: named("inter-latin-wght", ".woff2"),
  licences: "LICENSES.txt", packages, files,
};
await writeFile(path.join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
