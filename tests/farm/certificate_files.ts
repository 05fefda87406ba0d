import { selfSigned } from "../platform/self_signed.ts";

/** Where a certificate that vouches for itself and its key lie, as PEM. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Makes them, for this machine. */
export async function certificateFiles(folder: string, name: string): Promise<CertificateFiles> {
  const files = { certificate: `${folder}/${name}.crt`, key: `${folder}/${name}.key` };
  const { cert, key } = await selfSigned();
  await Deno.writeTextFile(files.certificate, cert);
  await Deno.writeTextFile(files.key, key);
  return files;
}
