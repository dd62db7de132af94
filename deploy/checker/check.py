"""Checks a Qingxin export off-line: python check.py EXPORT.zip [KEY FINGERPRINT]...

With Python 3.11 and `cryptography` alone; names the first thing that does not hold.
Without a fingerprint the first key of each service is believed, and printed.
"""

import json
import sys
import zipfile
from collections.abc import Iterator
from functools import partial, reduce
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Said = dict[str, Any]
one_text = partial(
    json.dumps, ensure_ascii=False, sort_keys=True, separators=(",", ":")
)


def must(holds: object, what: str) -> None:
    if not holds:
        raise ValueError(what)


def h(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


def check_signed(said: Said, key: str, signature: str, what: str) -> None:
    named = said["signature_alg"], said.get("hash_alg", "sha256")
    must(named == ("ed25519", "sha256"), f"{what}: {named} are not known here")
    told = {n: v for n, v in said.items() if n not in {"signature", "voucher"}}
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    try:
        public.verify(bytes.fromhex(signature), one_text(told).encode())
    except InvalidSignature:
        raise ValueError(f"{what}: the signature is not its key's") from None


def check_keys(keys: list[Said], trusted: list[str]) -> Iterator[str]:
    known: dict[str, dict[str, str]] = {}
    for key in keys:
        of, name, public = key["service"], key["key_id"], key["public_key"]
        must(h(bytes.fromhex(public)).hex()[:32] == name, f"{of} key {name}: misnamed")
        check_signed(key, public, key["signature"], f"{of} key {name}")
        if name not in trusted and (trusted or of in known):
            before = known.get(of, {}).get(key["replaces"])
            must(before and key["voucher"], f"{of} key {name}: nobody vouches for it")
            check_signed(key, str(before), key["voucher"], f"{of} key {name}")
        known.setdefault(of, {})[name] = public
        yield f"{of}: key {name} ({key['why']}) from seal {key['from_number']} on"


def check_seal(seal: Said, before: Said | None, bundle: Said) -> None:
    of, n, size = seal["service"], seal["number"], seal["size"]
    keys = [k for k in bundle["keys"] if k["service"] == of and k["from_number"] <= n]
    right = (keys[-1]["key_id"], keys[-1]["site"]) == (seal["key_id"], seal["site"])
    must(right, f"{of} seal {n}: it is another key's turn")
    check_signed(seal, keys[-1]["public_key"], seal["signature"], f"{of} seal {n}")
    if before:
        m, small, was = before["number"], before["size"], before["root"]
        paths = [p["path"] for p in bundle["consistency"] if p["of"] == [of, m, n]]
        link = n > m + 1 or seal["previous"] == h(one_text(before).encode()).hex()
        must(paths and link and small < size, f"{of} seal {n}: it does not follow {m}")
        shift = (small & -small).bit_length() - 1
        nodes = paths[0] if small & (small - 1) else [was, *paths[0]]
        roots = climb(nodes, (small - 1) >> shift, (size - 1) >> shift)
        must(roots == (was, seal["root"]), f"{of}: seal {n} is no growth of seal {m}")


def climb(path: list[str], at: int, last: int) -> tuple[str, str]:
    old = new = bytes.fromhex(path[0])
    for step in map(bytes.fromhex, path[1:]):
        must(last, "a path is too long")
        if at & 1 or at == last:
            old, new = h(b"\1", step, old), h(b"\1", step, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = h(b"\1", new, step)
        at, last = at >> 1, last >> 1
    must(not last, "a path is too short")
    return old.hex(), new.hex()


def check_proof(proof: Said, seal: Said) -> str:
    name, seq, size = f"{proof['service']}:{proof['seq']}", proof["seq"], seal["size"]
    said = proof["text"].split("\n", 23)
    must(said[:3] == ["qingxin.leaf.v1", str(seq), proof["id"]], f"{name}: other text")
    must(0 < seq <= size, f"{name}: seal {seal['number']} does not cover it")
    path = [h(b"\0", h(proof["text"].encode())).hex(), *proof["path"]]
    must(climb(path, seq - 1, size - 1)[1] == seal["root"], f"{name}: another root")
    return f"{name}  {said[6]}  {said[12]}/{said[13]}  {said[4]}"


def check_topic(of: str, lines: list[bytes], seals: list[Said]) -> str:
    rows, last = dict[int, Said](), dict[int, int]()
    for row in map(json.loads, lines):
        seq, part, index = row["seq"], row["partition"], row["index"]
        named = row["text"].startswith(f"qingxin.leaf.v1\n{seq}\n")
        same = named and h(row["text"].encode()).hex() == row["leaf"]
        must(same, f"{of}:{seq}: its record is not what was recorded")
        must(rows.setdefault(seq, row) == row, f"{of}:{seq}: it stands twice")
        last[part] = last.get(part, -1) + (index == last.get(part, -1) + 1)
    gone = [seq for seq, row in rows.items() if row["index"] > last[row["partition"]]]
    must(not gone, f"{of}:{gone[:1]}: a record before it is gone")
    must(len(rows) == sum(last.values()) + len(last), f"{of}: an index stands twice")
    chain, peaks, sealed = bytes(32), list[bytes](), {s["size"]: s for s in seals}
    for seq in range(1, len(rows) + 1):
        must(seq in rows, f"{of}:{seq}: it is missing")
        leaf, count = bytes.fromhex(rows[seq]["leaf"]), seq
        chain, node = h(chain, leaf), h(b"\0", leaf)
        must(chain.hex() == rows[seq]["chain"], f"{of}:{seq}: the chain breaks")
        while not count & 1:
            node, count = h(b"\1", peaks.pop(), node), count >> 1
        peaks.append(node)
        if seal := sealed.pop(seq, None):
            root = reduce(lambda right, left: h(b"\1", left, right), reversed(peaks))
            same = (root.hex(), chain.hex()) == (seal["root"], seal["chain"])
            must(same, f"{of}: the topic is not what seal {seal['number']} says")
    must(not sealed, f"{of}: the topic ends at {len(rows)}, before {[*sealed]}")
    return f"{of}: the topic's {len(rows)} events agree with {len(seals)} seals"


def check(path: str, trusted: list[str]) -> Iterator[str]:
    export = zipfile.ZipFile(path)
    files = {name: export.read(name) for name in export.namelist()}
    bundle, seals = json.loads(files["bundle.json"]), dict[str, dict[int, Said]]()
    must(bundle["proofs"] or [n for n in files if ".jsonl" in n], "it proves no event")
    yield from check_keys(bundle["keys"], trusted)
    for seal in bundle["seals"]:
        mine = seals.setdefault(seal["service"], {})
        check_seal(seal, [None, *mine.values()][-1], bundle)
        mine[seal["number"]] = seal
    for proof in bundle["proofs"]:
        yield check_proof(proof, seals[proof["service"]][proof["seal"]])
    for of in (name[:-6] for name in files if name.endswith(".jsonl")):
        yield check_topic(of, files[f"{of}.jsonl"].splitlines(), [*seals[of].values()])


if __name__ == "__main__":
    try:
        sys.stdout.writelines(f"{line}\n" for line in check(sys.argv[1], sys.argv[2:]))
    except (ValueError, LookupError, TypeError, OSError, zipfile.BadZipFile) as reason:
        sys.exit(f"REFUSED: {reason!r}")
    sys.stdout.write("All of it holds.\n")
