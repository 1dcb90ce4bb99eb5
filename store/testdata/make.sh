#!/usr/bin/env bash
# make.sh PROGRAM NAME [SCHEMAS] makes NAME.tar.gz and NAME.json beside this file: a data
# folder that PROGRAM has written, and what PROGRAM itself says is in it. SCHEMAS
# is a file here with resource types of one's own. See README.md. It needs curl and GNU tar.
set -euo pipefail
program=$(realpath "$1") name=$2 schemas=${3:-}
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
export SCIMDECK_GROUPS=true HOME=$work
data=$work/data
printf '{"schemas":["%s"]}' "$PWD/$schemas" >"$work/config"

# Keys in all of their states. The secret of the first is in NAME.json: the
# folder is public, and that the key still opens the door has to be seen.
key() { "$program" keys "$@" --data "$data" 2>>"$work/messages"; }
secret=$(key create okta-prod)
for k in ci left-the-company paused renamed; do key create "$k" >/dev/null; done
key create trial --expires 12h >/dev/null
key revoke left-the-company
key disable paused
key rename renamed after-the-move

"$program" serve --json --data "$data" --listen 127.0.0.1:0 ${schemas:+--config "$work/config"} >"$work/out" 2>>"$work/messages" &
pid=$!
for _ in $(seq 100); do
  base=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p;q' "$work/out")
  [ -z "$base" ] || break
  sleep 0.1
done

send() { # METHOD PATH [BODY]: the answer's body
  curl -s -X "$1" -H "Authorization: Bearer $secret" -H 'Content-Type: application/scim+json' -A 'fixture' ${3:+--data "$3"} "$base$2"
}
id() { sed 's/.*"id":"\([^"]*\)".*/\1/'; }
core=urn:ietf:params:scim:schemas:core:2.0
enterprise=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User
user() { # USERNAME [MORE MEMBERS]: makes a user, its id
  send POST /Users "{\"schemas\":[\"$core:User\"],\"userName\":\"$1\"${2:-}}" | id
}
group() { # DISPLAYNAME ID...: makes a group, its id
  local display=$1 members=
  shift
  for m; do members="$members${members:+,}{\"value\":\"$m\",\"display\":\"as the client says\"}"; done
  send POST /Groups "{\"schemas\":[\"$core:Group\"],\"displayName\":\"$display\",\"members\":[$members]}" | id
}
patch() { # PATH OPERATIONS
  send PATCH "$1" "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[$2]}" >/dev/null
}

# People: as Okta makes them, with everything that a schema has, with next to nothing.
send GET '/Users?startIndex=1&count=2' >/dev/null
ada=$(user Ada@example.com ",\"name\":{\"givenName\":\"Ada\",\"familyName\":\"Lovelace\"},\"displayName\":\"Ada Lovelace\",\"externalId\":\"00u1\",\"active\":true,\"locale\":\"en-GB\",\"emails\":[{\"primary\":true,\"value\":\"ada@example.com\",\"type\":\"work\"}],\"$enterprise\":{\"employeeNumber\":\"1815\",\"department\":\"Analysis\",\"costCenter\":\"4130\",\"organization\":\"Engines\",\"division\":\"Difference\"}")
bob=$(user bob@example.com ",\"name\":{\"givenName\":\"Bob\",\"familyName\":\"O'Brien \\\"Bobby\\\"\"},\"externalId\":\"00u2\",\"active\":true,\"emails\":[{\"value\":\"bob@example.com\",\"type\":\"work\",\"primary\":true},{\"value\":\"BOB@home.example\",\"type\":\"home\"}],\"phoneNumbers\":[{\"value\":\"tel:+1-555-555-5555\",\"type\":\"mobile\"}],\"$enterprise\":{\"manager\":{\"value\":\"$ada\",\"displayName\":\"Ada\"}}")
zoe=$(user 'zoë@example.com' ',"name":{"formatted":"Zoë 日本 🙂","familyName":"日本"},"nickName":"a\\b/c\n<&>","active":true,"addresses":[{"type":"work","streetAddress":"1 Way\nHouse","locality":"Köln","postalCode":"50667","country":"DE","primary":true}]')
eve=$(user eve@example.com ',"active":false,"title":"Former","externalId":"00u1"')
gone=$(user gone@example.com ',"active":true')
quiet=$(user quiet)
long=$(user "$(printf 'long%.0s' $(seq 80))@example.com" ',"emails":[{"value":"long@example.com"}]')
full=$(user babs@example.com ',"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara","middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"},"displayName":"Babs Jensen","nickName":"Babs","profileUrl":"https://login.example.com/bjensen","title":"Tour Guide","userType":"Employee","preferredLanguage":"en-US","locale":"en-US","timezone":"America/Los_Angeles","active":true,"password":"not-to-be-kept","ims":[{"value":"someaimhandle","type":"aim"}],"photos":[{"value":"https://photos.example.com/profilephoto/F","type":"photo"}],"entitlements":[{"value":"e1"}],"roles":[{"value":"r1","primary":true}],"x509Certificates":[{"value":"MIIDQzCCAqygAwIBAgICEAA="}]')
many=
for i in $(seq 6); do many="$many $(user "user$i@example.com" ",\"active\":true,\"emails\":[{\"value\":\"user$i@example.com\",\"type\":\"work\",\"primary\":true}]")"; done

# What is refused, what changes nothing, what deactivates and brings back.
user ADA@EXAMPLE.COM >/dev/null
send GET "/Users?filter=userName%20eq%20%22nobody%22&startIndex=1&count=100" >/dev/null
patch "/Users/$bob" '{"op":"replace","value":{"active":false}}'
patch "/Users/$zoe" '{"op":"replace","path":"active","value":false},{"op":"add","path":"title","value":"x"}'
patch "/Users/$zoe" '{"op":"replace","path":"active","value":true}'
patch "/Users/$zoe" '{"op":"replace","path":"active","value":true}'
send PUT "/Users/$full" "{\"schemas\":[\"$core:User\"],\"userName\":\"Babs@example.com\",\"active\":true,\"emails\":[{\"value\":\"babs@example.com\",\"type\":\"home\"}]}" >/dev/null
send PUT /Users/nobody "{\"schemas\":[\"$core:User\"],\"userName\":\"x\"}" >/dev/null

# Groups: of people, nested, in a circle, empty, with members that are no more.
engineering=$(group Engineering "$ada" "$bob" "$zoe")
everyone=$(group Everyone "$engineering" "$eve" "$gone" $many)
empty=$(group Empty)
chicken=$(group Chicken)
egg=$(group Egg "$chicken")
deleted=$(group Deleted "$ada" "$egg")
last=$(group Engineering "$deleted" "$long")
patch "/Groups/$chicken" "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"$egg\"},{\"value\":\"$ada\"}]}"
patch "/Groups/$engineering" "{\"op\":\"remove\",\"path\":\"members[value eq \\\"$zoe\\\"]\"}"
patch "/Groups/$everyone" '{"op":"replace","path":"displayName","value":"Everybody"}'
patch "/Groups/$everyone" "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"$quiet\"}]}"
patch "/Groups/$last" "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"$last\"}]}"
patch "/Groups/$last" '{"op":"add","path":"members","value":[{"value":"nobody"}]}'
patch "/Groups/$last" '{"op":"add","path":"members","value":[{"display":"without a value"}]}'
send DELETE "/Users/$gone" >/dev/null
send DELETE "/Groups/$deleted" >/dev/null
send DELETE "/Groups/$deleted" >/dev/null
if [ -n "$schemas" ]; then
  device=urn:example:device:2.0:Device
  send POST /Devices "{\"schemas\":[\"$device\"],\"serial\":\"S-1\",\"note\":\"the first\"}" >/dev/null
  d=$(send POST /Devices "{\"schemas\":[\"$device\"],\"serial\":\"S-2\"}" | id)
  send POST /Devices "{\"schemas\":[\"$device\"],\"serial\":\"s-1\"}" >/dev/null
  patch "/Devices/$d" '{"op":"replace","path":"note","value":"the second"}'
fi
curl -s -o /dev/null -H 'Authorization: Bearer scimdeck_wrong' "$base/Users"
send GET '/Users?filter=emails%5Btype%20eq%20%22work%22%5D&cursor' >/dev/null

# What is too long for the log, and, cut, too long to be in the database with its row.
send POST /Users "{\"schemas\":[\"$core:User\"],\"userName\":\"photo\",\"photos\":[{\"value\":\"data:$(head -c 15000 /dev/urandom | base64 -w0)\"}]}" >/dev/null

# What the program says of it. Its last requests are these.
{
  printf '{"base":"%s","secret":"%s",\n' "$base" "$secret"
  for endpoint in Users Groups ${schemas:+Devices}; do printf '"%s":%s,\n' "$endpoint" "$(send GET "/$endpoint?count=1000")"; done
} >"$work/json"
kill "$pid"
wait "$pid" || true
{
  cat "$work/json"
  printf '"keys":%s,\n"log":[\n%s]}\n' "$(key list --json)" "$(grep '"event":"request"' "$work/out" | sed '$!s/$/,/')"
} >"$name.json"

# The same folder gives the same bytes.
rm -f "$data/lock"
tar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go= --mtime=@0 --format=ustar -C "$data" -cf - . | gzip -9n >"$name.tar.gz"
ls -l "$name.tar.gz" "$name.json"
