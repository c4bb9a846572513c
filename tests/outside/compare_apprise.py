"""Compares what this program and Apprise post to chat platforms, and measures kept payloads by the platforms' own limits.

compare_apprise.py PAYLOADS
PAYLOADS holds <channel>-<items>.json, each {"urls": […], "title": "…", "payloads": ["…"]}, as the suite writes them. Both programs
post to a server on loopback: this one by its configuration, Apprise, which knows the platforms' hosts only, by a changed address.
"""

import base64
import hashlib
import hmac
import html
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import apprise
import requests

SECRET = "SEC0123456789abcdef"
TOKEN = "0123456789abcdef0123456789abcdef"
UUID = "693a91f6-7abc-4bc4-97a0-0ec2fedca5aa"
BOT = "123456789:abcdefghijklmnop1234567890abcdefgh"

# What a platform answers when it has taken a message.
ANSWERS = {
    "dingtalk": (200, '{"errcode":0,"errmsg":"ok"}'),
    "wecom": (200, '{"errcode":0,"errmsg":"ok"}'),
    "feishu": (200, '{"code":0,"msg":"success","data":{}}'),
    "lark": (200, '{"code":0,"msg":"success","data":{}}'),
    "slack": (200, "ok"),
    "teams": (202, ""),
    "discord": (200, '{"id":"1","channel_id":"2"}'),
    "telegram": (200, '{"ok":true,"result":{"message_id":1,"date":0,"chat":{"id":-1001234567890,"type":"supergroup"}}}'),
}

# Path and query of a bot's address, as the platform hands it out; the address in Apprise's notation; the JSON paths that
# both must end with somewhere, "*" for any element and "|" between two of which one is enough.
PLATFORMS = {
    "dingtalk": {
        "path": f"/robot/send?access_token={TOKEN}",
        "apprise": f"dingtalk://{SECRET}@{TOKEN}/?format=markdown",
        "needed": [".msgtype", ".markdown.title", ".markdown.text", ".at.isAtAll"],
    },
    "wecom": {
        "path": f"/cgi-bin/webhook/send?key={UUID}",
        "apprise": f"wecombot://{UUID}",
        "needed": [".msgtype", ".{msgtype}.content"],
    },
    "feishu": {
        "path": f"/open-apis/bot/v2/hook/{UUID}",
        "apprise": f"feishu://{UUID}",
        "needed": [".msg_type"],
    },
    "lark": {
        "kind": "feishu",
        "path": f"/open-apis/bot/v2/hook/{UUID}",
        "apprise": f"lark://{UUID}",
        "needed": [".msg_type"],
    },
    "slack": {
        "path": "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "apprise": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?blocks=yes&format=markdown",
        "needed": ["blocks.*.type", "blocks.*.text.type", "blocks.*.text.text"],
    },
    "teams": {
        "path": f"/workflows/{TOKEN}/triggers/manual/paths/invoke?api-version=2016-06-01"
        "&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=sIgNaTuRe",
        "apprise": f"workflows://host.example:443/{TOKEN}/sIgNaTuRe/",
        "needed": [
            ".type", ".attachments.*.contentType", ".attachments.*.content.type", ".attachments.*.content.version",
            ".attachments.*.content.body.*.type", ".content.body.*.text|.content.body.*.inlines.*.text",
        ],
    },
    "discord": {
        "path": "/api/webhooks/123456789012345678/abcDEF-tok_en",
        "apprise": "discord://123456789012345678/abcDEF-tok_en/?format=markdown",
        "needed": [".embeds.*.title", ".embeds.*.description"],
    },
    "telegram": {
        "path": f"/bot{BOT}/sendMessage",
        "apprise": f"tgram://{BOT}/-1001234567890/?format=html",
        "needed": [".chat_id", ".text", ".parse_mode"],
    },
}


class Keeping(http.server.BaseHTTPRequestHandler):
    """Keeps every request and answers as the platform does that is being asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.kept.append({"method": self.command, "target": self.path, "headers": headers, "body": body})
        status, answer = ANSWERS[self.server.platform]
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer.encode())))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


def through_loopback(server):
    """From now on Apprise's requests go to the server, whatever their host."""
    direct = requests.Session.request

    def request(session, method, url, **options):
        parts = urllib.parse.urlsplit(url)._replace(scheme="http", netloc=f"127.0.0.1:{server.server_port}")
        return direct(session, method, parts.geturl(), **options)

    requests.Session.request = request


def configuration(folder, port, name, platform):
    """One channel of the platform's kind and one subscription to it."""
    lines = [
        'contact = "ops@example.org"', f'data_dir = "{folder}/data"', "[sources.ccgp]", 'dialect = "ccgp"',
        'since = "2019-09-01"',
    ]
    for secret, text in (("secret", SECRET), ("token", BOT)):
        path = folder / secret
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    kind = platform.get("kind", name)
    lines.append(f"[channels.{name}.{kind}]")
    if kind == "telegram":
        lines += [f'token_file = "{folder}/token"', 'chat = "-1001234567890"', f'api = "http://127.0.0.1:{port}"']
    else:
        lines.append(f'url = "http://127.0.0.1:{port}{platform["path"]}"')
    if kind in ("dingtalk", "feishu"):
        lines.append(f'secret_file = "{folder}/secret"')
    lines += ["allow_private = true", f"[subscriptions.{name}]", f'channel = "{name}"', 'language = "zh"']
    path = folder / f"{name}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def posted_by_us(server, config, name):
    server.kept.clear()
    command = [os.environ["TENDERWATCH_BINARY"], "--config", str(config), "notify", "test", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"notify test ended with {done.returncode}: {done.stderr.strip()}")
    return only(server.kept)


def posted_by_apprise(server, platform, title, body):
    server.kept.clear()
    theirs = apprise.Apprise()
    if not theirs.add(platform["apprise"]):
        raise AssertionError("Apprise does not know the address")
    if not theirs.notify(title=title, body=body):
        raise AssertionError("Apprise sent nothing")
    return only(server.kept)


def only(kept):
    if len(kept) != 1:
        raise AssertionError(f"{len(kept)} requests instead of one")
    return kept[0]


def paths(value, at=""):
    """Every JSON path with the type that stands there; the elements of a list count as one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, f"{at}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{at}.*")
    else:
        yield at, "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def signed_by_dingtalk(target):
    """Whether a query bears the signature of the secret. Apprise encodes it twice, which is read here too."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
    text = f"{query['timestamp']}\n{SECRET}".encode()
    expected = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
    return len(query["timestamp"]) == 13 and expected in (query["sign"], urllib.parse.unquote(query["sign"]))


def signed_by_feishu(body):
    key = f"{body['timestamp']}\n{SECRET}".encode()
    return body["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def compare(name, platform, ours, theirs):
    """What differs where it must not."""
    if ours["method"] != theirs["method"]:
        yield f"method {ours['method']}, Apprise {theirs['method']}"
    targets = [urllib.parse.urlsplit(request["target"]) for request in (ours, theirs)]
    # Feishu takes a slash at the end; we post to the address as it was handed out.
    if len({target.path.rstrip("/") for target in targets}) != 1:
        yield f"path {targets[0].path}, Apprise {targets[1].path}"
    asked = [sorted(urllib.parse.parse_qs(target.query, keep_blank_values=True)) for target in targets]
    # Discord is asked in the query to say what became of a message; Apprise puts it into the body.
    allowed = ["wait"] if name == "discord" else []
    if [key for key in asked[0] if key not in allowed] != asked[1]:
        yield f"query {asked[0]}, Apprise {asked[1]}"
    types = [request["headers"]["content-type"].split(";")[0] for request in (ours, theirs)]
    if types[0] != types[1]:
        yield f"content type {types[0]}, Apprise {types[1]}"
    bodies = [json.loads(request["body"]) for request in (ours, theirs)]
    yield from compare_bodies(platform, bodies)
    yield from particular(name, ours, theirs, bodies)


def blind(name, platform, ours, theirs):
    """Where the comparison would overlook a mistake: a judge must be able to say no."""
    body = json.loads(ours["body"])
    key = next(iter(platform["needed"])).strip(".").split(".")[0]
    lacking = {known: value for known, value in body.items() if known not in (key, "attachments")}
    mistakes = {
        "another path": {"target": "/elsewhere"},
        "another notation": {"headers": {**ours["headers"], "content-type": "text/plain"}},
        f"no {key}": {"body": json.dumps(lacking).encode()},
    }
    if name == "dingtalk":
        mistakes["another signature"] = {"target": ours["target"].replace("timestamp=1", "timestamp=2")}
    if name in ("feishu", "lark"):
        mistakes["another signature"] = {"body": json.dumps({**body, "timestamp": "1"}).encode()}
    for what, change in mistakes.items():
        try:
            overlooked = not list(compare(name, platform, {**ours, **change}, theirs))
        except KeyError:
            overlooked = False
        if overlooked:
            yield f"{what} is overlooked"


def compare_bodies(platform, bodies):
    shapes = [dict(paths(body)) for body in bodies]
    for path in platform["needed"]:
        found = []
        for body, shape in zip(bodies, shapes):
            wanted = tuple(path.replace("{msgtype}", str(body.get("msgtype"))).split("|"))
            found.append({kind for known, kind in shape.items() if known.endswith(wanted)})
        if not all(found):
            yield f"{path} stands in {'Apprise only' if found[1] else 'ours only' if found[0] else 'neither'}"
        elif path != ".chat_id" and not found[0] & found[1]:
            yield f"{path} is {found[0]}, Apprise {found[1]}"
    for path in shapes[0].keys() & shapes[1].keys() - {".chat_id"}:
        if shapes[0][path] != shapes[1][path]:
            yield f"{path} is {shapes[0][path]}, Apprise {shapes[1][path]}"


def particular(name, ours, theirs, bodies):
    """What only one platform knows."""
    if name == "dingtalk":
        if bodies[0]["msgtype"] != bodies[1]["msgtype"] or bodies[0]["markdown"].keys() != bodies[1]["markdown"].keys():
            yield "another type of message"
        if bodies[0]["markdown"]["title"] != bodies[1]["markdown"]["title"]:
            yield "another title"
        yield from (f"{who}: the signature is wrong" for who, request in (("ours", ours), ("Apprise", theirs))
                    if not signed_by_dingtalk(request["target"]))
    if name in ("feishu", "lark"):
        held = {"text": "content", "interactive": "card"}
        yield from (f"{body['msg_type']} without {held[body['msg_type']]}" for body in bodies
                    if held[body["msg_type"]] not in body)
        if not signed_by_feishu(bodies[0]):
            yield "the signature is wrong"
    if name == "teams":
        kinds = [body["attachments"][0]["contentType"] for body in bodies]
        if kinds[0] != kinds[1] or bodies[0]["type"] != bodies[1]["type"]:
            yield f"another type of card: {kinds}"
    if name == "telegram" and bodies[0]["parse_mode"] != bodies[1]["parse_mode"]:
        yield "another notation"
    if name == "telegram" and str(bodies[0]["chat_id"]) != str(bodies[1]["chat_id"]):
        yield "another chat"


def words(body):
    """Title and text of our message, for Apprise to send."""
    texts = [text for path, text in strings(body) if path.endswith((".text", ".content", ".title", ".description"))]
    title = texts[0].splitlines()[0].lstrip("# ")
    return title, "\n".join(texts)


def strings(value, at=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f"{at}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, f"{at}.*")
    elif isinstance(value, str):
        yield at, value


def units(text):
    """The UTF-16 units in which Telegram and Discord count."""
    return len(text.encode("utf-16-le")) // 2


def over_feishu(body, raw):
    yield len(raw), 20_000, "bytes"
    yield len(body["card"]["elements"]), 200, "elements"


def over_dingtalk(_, raw):
    yield len(raw), 20_000, "bytes"


def over_wecom(body, _):
    yield len(body["markdown"]["content"].encode()), 4_096, "bytes"


def over_slack(body, _):
    blocks = body.get("blocks") or body["attachments"][0]["blocks"]
    yield len(blocks), 50, "blocks"
    yield len(body.get("text", "")), 40_000, "characters of text"
    for block in blocks:
        if "text" in block:
            yield len(block["text"]["text"]), 150 if block["type"] == "header" else 3_000, f"characters of a {block['type']}"


def over_teams(_, raw):
    yield len(raw), 28 * 1024, "bytes"


def over_discord(body, _):
    embeds = body["embeds"]
    told = [text for path, text in strings(embeds) if path.endswith((".title", ".description", ".text", ".name", ".value"))]
    yield len(embeds), 10, "embeds"
    yield sum(map(units, told)), 6_000, "units in all"
    yield units(body.get("content") or ""), 2_000, "units of content"
    for embed in embeds:
        yield units(embed.get("title", "")), 256, "units of a title"
        yield units(embed.get("description", "")), 4_096, "units of a description"


def over_telegram(body, _):
    yield units(html.unescape(re.sub(r"<[^>]*>", "", body["text"]))), 4_096, "units after entities"


LIMITS = {
    "feishu": over_feishu, "dingtalk": over_dingtalk, "wecom": over_wecom, "slack": over_slack, "teams": over_teams,
    "discord": over_discord, "telegram": over_telegram,
}


def measure(name, items, file):
    """What breaks a limit of the platform, or is lost."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    text = ""
    most = {}
    for raw in kept["payloads"]:
        body = json.loads(raw)
        text += "\n".join(found for _, found in strings(body))
        for size, limit, unit in LIMITS[name](body, raw.encode()):
            most[unit] = max(most.get(unit, (0, limit)), (size, limit))
            if size > limit:
                yield f"{size} {unit}, {limit} are allowed"
    for url in kept["urls"]:
        if text.count(url) != 1:
            yield f"{url} stands there {text.count(url)} times"
            break
    if len(kept["payloads"]) > 1:
        for place in range(1, len(kept["payloads"]) + 1):
            if f"({place}/{len(kept['payloads'])})" not in text:
                yield f"part {place} is not numbered"
                break
    told = ", ".join(f"{size} of {limit} {unit}" for unit, (size, limit) in most.items())
    print(f"   {items:3} items: {len(kept['payloads'])} messages; at most {told}")


def main():
    payloads = pathlib.Path(sys.argv[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeping)
    server.kept, server.platform = [], None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    through_loopback(server)
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name, platform in PLATFORMS.items():
            server.platform = name
            print(f"{name}:")
            config = configuration(pathlib.Path(folder), server.server_port, name, platform)
            try:
                ours = posted_by_us(server, config, name)
                theirs = posted_by_apprise(server, platform, *words(json.loads(ours["body"])))
                found = list(compare(name, platform, ours, theirs)) or list(blind(name, platform, ours, theirs))
            except (AssertionError, KeyError, ValueError) as error:
                found = [f"{type(error).__name__}: {error}"]
            print("   beside Apprise: " + ("; ".join(found) or "the same address, type and shape"))
            wrong += [f"{name}: {what}" for what in found]
            for items in (1, 20, 500) if name in LIMITS else ():
                file = payloads / f"{name}-{items}.json"
                found = list(measure(name, items, file)) if file.exists() else [f"{file} is missing"]
                wrong += [f"{name}, {items} items: {what}" for what in found]
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
