"""A configuration directory: its kinds, and the entities that they lead to."""
import os, re, uuid
from tables import NUMBER, Raw, boolean, extra, given, parse, require, rows
from texts import locale, placeholders

NAMESPACE = uuid.UUID("9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915")
BUILT_IN_INSTANCES = {"page", "menu", "menu-item", "navigation-item"}
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
BASE_TYPES = {"text", "textarea", "number", "boolean", "date", "email", "url", "json", "String", "Number", "Boolean",
              "Array", "Object", "array", "object"}


def derived(kind, name):
    return str(uuid.uuid5(NAMESPACE, kind + ":" + name))


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.texts = {}
        self.entities = []  # (type, id, semantic name, data, created_by, created_at)
        self.field_types = {}
        self.fields = {}  # snippet -> {field: (type, required, localized, schema)}
        self.names = {}  # (type, name) -> id, of entities.csv
        self.ids = {}
        self.instance_types = set()
        self.files = sorted(
            os.path.relpath(os.path.join(place, name), folder)
            for place, _, names in os.walk(folder) for name in names if name.endswith(".csv"))
        require(any(self.has(name) for name in ["snippets.csv", "themes.csv", "associations.csv"])
                or any(os.path.basename(name).startswith("translations") for name in self.files), "no file")
        self.read_field_types()
        self.read_snippets()
        self.read_side_files()
        self.read_themes()
        self.read_entities()
        self.read_associations()
        for name in self.files:
            if os.path.basename(name).startswith("translations"):
                self.read_translations(name)
        for place in self.texts:
            self.add("translation", derived("translation", ":".join(place)), None, self.texts[place])

    def has(self, name):
        return name in self.files

    def path(self, name):
        return os.path.join(self.folder, name)

    def add(self, kind, identity, name, data, author=None, time=None):
        require(identity not in self.ids, "an id twice")
        self.ids[identity] = kind
        self.entities.append((kind, identity, name, data, author, time))

    def read_field_types(self):
        known = ["name", "base_type", "validation_pattern", "error_message"]
        for row in rows(self.path("field_types.csv"), known) if self.has("field_types.csv") else ():
            require(given(row, "name") and given(row, "base_type") in BASE_TYPES, "field type")
            require(row["name"] not in self.field_types, "field type twice")
            self.field_types[row["name"]] = (row["base_type"], given(row, "validation_pattern"))

    def read_snippets(self):
        self.snippets = {}
        self.rules = {}
        known = ["snippet_name", "field_name", "field_type", "field_schema", "required", "default_value", "localized",
                 "searchable", "help_text"]
        aliases = {"snippet_type": "snippet_name", "snippet": "snippet_name", "name": "snippet_name",
                   "constraints": "field_schema", "is_required": "required", "default": "default_value",
                   "help": "help_text"}
        for row in rows(self.path("snippets.csv"), known, aliases, known[:1]) if self.has("snippets.csv") else ():
            name = given(row, "snippet_name") or ""
            require(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name), "snippet name")
            require(not re.match(r"(reed|admin|api)-", name), "reserved")
            if "field_name" not in row:
                require(name not in self.snippets, "snippet twice")
                self.snippets[name] = {"snippet_type": name, **{
                    column: cell for column, cell in row.items() if column != "snippet_name" and cell is not None}}
                continue
            data = self.snippets.setdefault(name, {"snippet_type": name, "fields": []})
            field = given(row, "field_name")
            if field is None:
                require(all(cell is None for column, cell in row.items() if column != "snippet_name"), "no field")
                continue
            require(re.fullmatch(r"[a-z][a-z0-9_]*", field), "field name")
            require(all(other["name"] != field for other in data["fields"]), "field twice")
            kind = given(row, "field_type") or "text"
            require(kind in BASE_TYPES or kind in self.field_types or re.match("(reference|select):.", kind), "type")
            schema = given(row, "field_schema")
            member = {"name": field, "type": kind, "required": boolean(row.get("required"), False),
                      "localized": boolean(row.get("localized"), True)}
            if row.get("searchable"):
                member["searchable"] = boolean(row["searchable"], False)
            default = row.get("default_value")
            if default is not None and (default or kind in {"text", "textarea", "String"}):
                member["default"] = self.default(kind, default, schema)
            if row.get("help_text") is not None:
                member["help_text"] = row["help_text"]
            if schema is not None:
                member["schema"] = schema
            member.update(extra(row, known))
            data["fields"].append(member)
            self.fields.setdefault(name, {})[field] = (kind, member["required"], member["localized"], schema)

    def default(self, kind, text, schema):
        base = self.field_types.get(kind, (kind, None))[0]
        value = text
        if base in {"number", "Number"}:
            require(NUMBER.match(text), "number")
            value = Raw(text)
        elif base in {"boolean", "Boolean"}:
            value = boolean(text, None)
        elif base in {"json", "array", "Array", "object", "Object"}:
            require(self.fits(kind, parse(text), schema), "default")
            # As it stands, but for white space between tokens.
            return Raw("".join(re.findall(r'"(?:[^"\\]|\\.)*"|[^\s"]+', text)))
        require(self.fits(kind, value, schema), "default")
        return value

    def fits(self, kind, value, schema):
        """Whether a value is of a type, and fits a schema of the plain items."""
        base, pattern = self.field_types.get(kind, (kind, None))
        is_number, is_text = isinstance(value, Raw), isinstance(value, str) and not isinstance(value, Raw)
        expected = {
            "number": is_number, "Number": is_number, "boolean": isinstance(value, bool), "json": True,
            "Boolean": isinstance(value, bool), "array": isinstance(value, list), "Array": isinstance(value, list),
            "object": isinstance(value, dict), "Object": isinstance(value, dict),
        }
        if base.startswith("select:"):
            if value not in [item.split("=")[0] for item in base[len("select:"):].split("|")]:
                return False
        elif not expected.get(base, is_text):
            return False
        if pattern and (is_text or is_number) and not re.search(pattern, value):
            return False
        size = float(value) if is_number else len(value) if isinstance(value, (str, list)) else None
        for item in re.split(r";(?![^(\[]*[)\]])", schema or ""):
            name, _, limit = item.partition(":")
            if "(" in item and name != "pattern":
                continue  # a member
            if name == "min" and size < float(limit) or name == "max" and size > float(limit):
                return False
            if name == "enum" and value not in limit.split(","):
                return False
            if name == "pattern" and not re.search(limit, value):
                return False
        return True

    def read_side_files(self):
        meta, rules, children = {}, {}, {}
        known = ["snippet_name", "is_routable", "is_navigable", "is_searchable", "cache_ttl", "max_instances"]
        for row in rows(self.path("meta_snippets.csv"), known, needed=known[:1]) if self.has("meta_snippets.csv") else ():
            name = given(row, "snippet_name")
            require(name in self.snippets and name not in meta, "meta")
            meta[name] = {}
            for column, cell in row.items():
                if column == "snippet_name" or cell is None or cell == "" and column in known:
                    continue
                if column not in known:
                    meta[name][column] = cell
                elif column.startswith("is_"):
                    meta[name][column] = boolean(cell, None)
                else:
                    require(re.fullmatch("0|[1-9][0-9]*", cell), "count")
                    meta[name][column] = Raw(cell)
        known = ["snippet_name", "field_name", "rule_type", "parameters", "error_message"]
        for row in rows(self.path("validation_rules.csv"), known) if self.has("validation_rules.csv") else ():
            name, field, kind = (given(row, column) for column in known[:3])
            require(field in self.fields.get(name, {}), "rule of no field")
            require(kind in {"required", "min_length", "max_length", "pattern", "range"}, "rule")
            parameters = dict(item.split("=", 1) for item in (row.get("parameters") or "").split(";") if item)
            rule = {"field_name": field, "rule_type": kind, "parameters": parameters}
            if row.get("error_message") is not None:
                rule["error_message"] = row["error_message"]
            rule.update(extra(row, known))
            rules.setdefault(name, []).append(rule)
        known = ["parent_type", "allowed_child_types"]
        for row in rows(self.path("snippet_relationships.csv"), known, needed=known) if self.has("snippet_relationships.csv") else ():
            name, types = given(row, "parent_type"), (given(row, "allowed_child_types") or "").split("|")
            require(name in self.snippets and name not in children, "relationship")
            children[name] = [kind for kind in types if kind]
            require(all(kind in self.snippets or kind in BUILT_IN_INSTANCES for kind in children[name]), "child type")
        self.rules = rules
        for name, data in self.snippets.items():
            own = {}
            if name in meta:
                own["meta"] = meta[name]
            if name in rules:
                own["validation_rules"] = rules[name]
            if name in children:
                own["allowed_child_types"] = children[name]
            # Members before the columns that no contract knows.
            head = {member: data[member] for member in ("snippet_type", "fields") if member in data}
            tail = {member: value for member, value in data.items() if member not in head}
            self.add("snippet", derived("snippet", name), None, {**head, **own, **tail})

    def read_themes(self):
        known = ["theme_name", "parent_theme", "context_type", "context_value", "active", "description"]
        aliases = {"name": "theme_name", "theme": "theme_name", "parent": "parent_theme", "extends": "parent_theme"}
        themes = {}
        for row in rows(self.path("themes.csv"), known, aliases, known[:1]) if self.has("themes.csv") else ():
            name = given(row, "theme_name") or ""
            require(re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", name) and name not in themes, "theme")
            themes[name] = row
        for name, row in themes.items():
            chain = [name]
            while given(themes[chain[-1]], "parent_theme"):
                parent = given(themes[chain[-1]], "parent_theme")
                require(parent in themes and parent not in chain, "parent theme")
                chain.append(parent)
            parent = given(row, "parent_theme")
            data = {"name": name, "parent": parent, "parent_id": derived("theme", parent) if parent else None,
                    "context": {"type": given(row, "context_type"), "value": given(row, "context_value")},
                    "active": boolean(row.get("active"), True)}
            if row.get("description") is not None:
                data["description"] = row["description"]
            self.add("theme", derived("theme", name), None, {**data, "chain": chain, **extra(row, known)})

    def read_entities(self):
        known = ["id", "entity_type", "semantic_name", "data", "created_by", "created_at"]
        for row in rows(self.path("entities.csv"), known, needed=["entity_type"]) if self.has("entities.csv") else ():
            kind, name = given(row, "entity_type") or "", given(row, "semantic_name")
            require(re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", kind), "type")
            require(kind not in {"snippet", "theme", "association", "translation"}, "built-in type")
            identity = given(row, "id")
            require(identity or name, "neither id nor name")
            require(not identity or UUID.match(identity), "id")
            require(not name or re.fullmatch(r"\$[a-z_][a-z0-9_]*", name), "semantic name")
            identity = identity.lower() if identity else derived(kind, name[1:])
            data = parse(row["data"]) if row.get("data") else {}
            require(isinstance(data, dict), "data")
            more = extra(row, known)
            require(not set(more) & set(data), "member twice")
            self.check_instance(kind, data)
            if name:
                require((kind, name) not in self.names, "name twice")
                self.names[kind, name] = identity
            self.instance_types.add(kind)
            self.add(kind, identity, name, {**data, **more}, given(row, "created_by"), given(row, "created_at"))

    def check_instance(self, kind, data):
        for field, (field_type, required, localized, schema) in self.fields.get(kind, {}).items():
            value = data.get(field)
            require(value is not None or not required or localized, "required member")
            require(value is None or self.fits(field_type, value, schema), "member " + field)
        for rule in self.rules.get(kind, []):
            value, parameters = data.get(rule["field_name"]), rule["parameters"]
            size = len(value) if isinstance(value, (str, list)) and not isinstance(value, Raw) else None
            if rule["rule_type"] == "required":
                require(value not in (None, ""), "rule")
            elif rule["rule_type"] == "min_length" and size is not None:
                require(size >= int(parameters["value"]), "rule")
            elif rule["rule_type"] == "max_length" and size is not None:
                require(size <= int(parameters["value"]), "rule")

    def read_associations(self):
        if not self.has("associations.csv"):
            return
        known = ["parent_id", "child_id", "path", "association_type", "weight", "parent_path", "entity_type", "entity_id"]
        lines = list(rows(self.path("associations.csv"), known))
        paths = {}
        for row in lines:
            path = given(row, "path")
            require(not path or re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", path) and path not in paths, "path")
            if path:
                paths[path] = row
        by_name = lines and "entity_id" in lines[0]
        parents, seen = {}, set()
        for row in lines:
            path, kind, weight = given(row, "path"), given(row, "association_type") or "contains", given(row, "weight") or "0"
            require(re.fullmatch("[a-z][a-z0-9_-]*", kind) and re.fullmatch("-?(0|[1-9][0-9]*)", weight), "association")
            require(not path or path.count(".") < 2 or path.rpartition(".")[0] in paths, "parent path")
            if by_name:
                child, parent = self.instance(row), self.placed(given(row, "parent_path"), paths, lines)
            else:
                child, parent = self.reference(given(row, "child_id")), None
                if given(row, "parent_id"):
                    parent = self.reference(row["parent_id"])
            if kind == "contains" and parent:
                require(child not in parents, "second parent")
                parents[child] = parent
            name = path or ":".join([parent or "", kind, child])
            data = {"parent_id": parent, "child_id": child, "association_type": kind, "weight": Raw(weight)}
            if path:
                data.update(path=path, depth=path.count("."))
            if by_name:
                data.update(parent=given(row, "parent_path"), entity_type=row["entity_type"], entity_id=row["entity_id"])
            self.add("association", derived("association", name), None, {**data, **extra(row, known)})
        for child in parents:
            seen = {child}
            while child in parents:
                child = parents[child]
                require(child not in seen, "cycle")
                seen.add(child)

    def instance(self, row):
        kind, name = given(row, "entity_type") or "", given(row, "entity_id") or ""
        require(re.fullmatch("[A-Za-z0-9_-]+", name), "entity_id")
        require(kind in self.snippets or kind in BUILT_IN_INSTANCES or kind in self.instance_types, "entity_type")
        named = [identity for (_, other), identity in self.names.items() if other == "$" + name]
        if len(named) == 1:
            return named[0]
        return self.names.get((kind, "$" + name)) or derived(kind, name)

    def placed(self, parent, paths, lines):
        if parent is None:
            return None
        if parent in paths:
            return self.instance(paths[parent])
        found = {self.instance(row) for row in lines if row["entity_id"] == parent}
        require(len(found) == 1, "parent_path")
        return found.pop()

    def reference(self, text):
        require(text, "reference")
        if UUID.match(text):
            require(text.lower() in self.ids, "unknown id")
            return text.lower()
        if text.startswith("$"):
            found = {identity for (_, name), identity in self.names.items() if name == text}
        else:
            kind, _, name = text.partition(":")
            found = {self.names.get((kind, "$" + name)) or derived(kind, name)} & set(self.ids)
        require(len(found) == 1, "unknown reference " + text)
        return found.pop()

    def read_translations(self, name):
        parts = name.split("/")
        layer, scope = "global", None
        if parts[0] == "themes":
            layer, scope = ("template", parts[1] + "/" + parts[3]) if len(parts) == 5 else ("theme", parts[1])
        elif len(parts) == 3:
            layer, scope = {"snippets": "snippet", "plugins": "plugin"}[parts[0]], parts[1]
        file_locale = parts[-1][len("translations"):-len(".csv")].lstrip(".") or None
        known = ["key", "locale", "value", "context", "updated", "snippet_name", "field_name"]
        needed = ["key", "value"] if file_locale else []
        for row in rows(self.path(name), known, needed=needed):
            key = given(row, "key")
            if "key" not in row:
                require(given(row, "snippet_name") and given(row, "field_name"), "key")
                key = row["snippet_name"] + "." + row["field_name"]
            require(key and not re.search(r"[\s\x00-\x1f]", key), "key")
            named = [column for column in row if re.sub("^(label|value)_", "", column) != column or locale(column, wide=True)]
            if "locale" in row or file_locale or "value" in row:
                if not file_locale and "locale" not in row:
                    key, _, own = key.rpartition("@")
                texts = [(file_locale or (given(row, "locale") if "locale" in row else own), row.get("value"), [])]
            else:
                texts = [(re.sub("^(label|value)_", "", column), row[column], named) for column in named]
            for place, value, columns in texts:
                place = locale(place or "")
                require(place, "locale")
                if value is None:
                    continue
                data = {"key": key, "locale": place, "layer": layer, "scope": scope, "value": value}
                if row.get("context") is not None:
                    data["context"] = row["context"]
                if given(row, "updated"):
                    data["updated"] = row["updated"]
                data["placeholders"] = placeholders(value)
                used = ["key", "value", "context", "updated"] + columns
                used += ["locale"] if "locale" in row and not file_locale else []
                used += [] if "key" in row else ["snippet_name", "field_name"]
                data.update(extra(row, used))
                where = (place, layer, scope or "", key)
                if where in self.texts:
                    require(self.texts[where]["value"] == value, "key twice")
                else:
                    self.texts[where] = data
