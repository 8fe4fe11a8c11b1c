# Takes out of a generated file what no program of ours asks for and every message would carry into the executable:
#   - what ties descriptors to the types of the program (JSON and reflection over messages); the descriptors stay,
#   - half of what the descriptors' text takes: one byte for a letter instead of two,
#   - equality and hash by value, text for debuggers,
#   - copies: whoever wants to clone a message finds that it does not compile, rather than that it fails.
#   - the question whether a message can read from buffers: all of these can.
# A file that has been through here comes out as it was.

function indent_of(line) { match(line, /^ */); return RLENGTH }

function flush_held(   i) { for (i = 1; i <= held; i++) print kept[i]; held = 0 }

# Swallows the body that begins on this line, to the brace that closes it.
function skip_body(   depth) {
  depth = indent_of($0)
  while ((getline) > 0 && !($0 ~ /^ *}/ && indent_of($0) == depth)) { }
}

/^ *byte\[\] descriptorData = global::System\.Convert\.FromBase64String\($/ {
  flush_held()
  print $0 "global::System.Text.Encoding.ASCII.GetString("
  getline
  while ((getline) > 0) {
    if (!sub(/",$/, "\"u8 +")) break
    print
  }
  sub(/"\)\);$/, "\"u8));")
  print
  next
}

# One message; nested ones continue on further lines, until every parenthesis is closed.
/^ *new pbr::GeneratedClrTypeInfo\(typeof\(/ {
  flush_held()
  space = substr($0, 1, indent_of($0))
  entry = $0
  while (gsub(/\(/, "(", entry) > gsub(/\)/, ")", entry) && (getline) > 0) entry = entry $0
  print space "null" (entry ~ /,$/ ? "," : "")
  next
}

/new pbr::GeneratedClrTypeInfo\(new\[\] ?\{ ?typeof\(/ {
  enums = $0
  sub(/.*GeneratedClrTypeInfo\(new\[\] ?\{/, "", enums)
  sub(/\}.*/, "", enums)
  count = gsub(/typeof\(/, "", enums)
  sub(/new\[\] ?\{[^}]*\}/, "new global::System.Type[" count "]")
  flush_held()
  print
  next
}

/^ *\[global::System\.(Diagnostics\.DebuggerNonUserCodeAttribute|CodeDom\.Compiler\.GeneratedCode\(.*\))\]$/ {
  kept[++held] = $0
  next
}

/^ *public override (bool Equals\(object other\)|int GetHashCode\(\)|string ToString\(\)) \{$/ {
  held = 0
  skip_body()
  getline
  next
}

/^ *public bool Equals\([A-Za-z0-9_]+ other\) \{$/ {
  flush_held()
  print
  space = substr($0, 1, indent_of($0))
  skip_body()
  print space "  return ReferenceEquals(this, other);"
  print space "}"
  next
}

/^ *public [A-Za-z0-9_]+\([A-Za-z0-9_]+ other\) : this\(\) \{$/ {
  held = 0
  skip_body()
  getline
  next
}

/^ *public [A-Za-z0-9_]+ Clone\(\) \{$/ {
  held = 0
  print substr($0, 1, indent_of($0)) $2 " pb::IDeepCloneable<" $2 ">.Clone() => throw new global::System.NotSupportedException();"
  skip_body()
  next
}

/^ *static class __Helper_MessageCache<T>$/ {
  held = 0
  getline
  skip_body()
  getline
  next
}

/^ *if \(__Helper_MessageCache<T>\.IsBufferMessage\)$/ { next }

/^ *return parser\.ParseFrom\(context\.PayloadAsNewBuffer\(\)\);$/ { next }

/^ *\[global::System\.Diagnostics\.DebuggerDisplayAttribute\(/ { next }

{ flush_held(); print }
END { flush_held() }
