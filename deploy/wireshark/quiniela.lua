-- The agencies' protocol of quiniela for Wireshark and tshark, version 4.0 or later. How to use it: docs/wireshark.md; what
-- it shows: docs/protocol.md. It shows what is on the wire, bettors' names and documents among it.
-- One file, however long: to install it is to copy it.

local quiniela = Proto("quiniela", "Quiniela, a lottery's agencies and its central")

local HEADER_BYTES = 4
local REQUEST_BYTES_MAX, REPLY_BYTES_MAX = 1024 * 1024, 64 * 1024 * 1024
local DEPTH_MAX = 100 -- of JSON; deeper is called malformed
local LISTED_MAX = 1000 -- bets or winners of one message that the tree lists; fields of one object
local VALUES_MAX = 1000 * 1000 -- of one message; a chunk cannot have as many

local REQUESTS = { [1] = "SEND_CHUNK", [2] = "SEND_LAST_CHUNK", [3] = "CONSULT_AGENCY_WINNERS" }
local REPLIES = { [1] = "CHUNK_PROCESSED", [2] = "INFORM_AGENCY_WINNERS", [3] = "WINNERS_NOT_READY", [4] = "ERROR" }

local f = {
    length = ProtoField.uint32("quiniela.length", "Length", base.DEC, nil, nil, "Bytes of the message, without these four"),
    request = ProtoField.bool("quiniela.request", "To the central"),
    type = ProtoField.uint32("quiniela.type", "Type"),
    name = ProtoField.string("quiniela.name", "Message"),
    agency = ProtoField.uint32("quiniela.agency", "Agency"),
    first = ProtoField.uint64("quiniela.first", "First", base.DEC, nil, nil, "Bets of the agency before this chunk"),
    count = ProtoField.uint32("quiniela.count", "Bets", base.DEC, nil, nil, "Bets in this chunk"),
    bet = ProtoField.string("quiniela.bet", "Bet"),
    list_from = ProtoField.uint64("quiniela.list_from", "List what is stored, from bet"),
    wait = ProtoField.bool("quiniela.wait", "Waits for the draw"),
    returns = ProtoField.bool("quiniela.returns", "Looks after its bets when the connection ends"),
    asks = ProtoField.string("quiniela.asks", "Asks for"),
    only_draw = ProtoField.string("quiniela.only_draw", "Only for the draw"),
    next = ProtoField.uint64("quiniela.next", "Next", base.DEC, nil, nil, "Bets of the agency that are stored"),
    pieces = ProtoField.uint32("quiniela.pieces", "Pieces listed"),
    winners = ProtoField.uint32("quiniela.winners", "Winners"),
    winner = ProtoField.string("quiniela.winner", "Winner"),
    retry_after = ProtoField.uint32("quiniela.retry_after_ms", "Ask again after (ms)"),
    time_ms = ProtoField.uint64("quiniela.time_ms", "The central's time (ms since 1970)"),
    refuses = ProtoField.string("quiniela.refuses", "New bets would be refused"),
    draw = ProtoField.string("quiniela.draw", "Draw"),
    rules = ProtoField.string("quiniela.rules", "Rules"),
    receipt = ProtoField.string("quiniela.receipt", "Receipt"),
    seal = ProtoField.string("quiniela.seal", "Seal"),
    result = ProtoField.string("quiniela.result", "Result"),
    key = ProtoField.string("quiniela.key", "Salt key"),
    error = ProtoField.string("quiniela.error", "Error"),
    error_message = ProtoField.string("quiniela.error.message", "Message"),
    error_retryable = ProtoField.bool("quiniela.error.retryable", "Retryable"),
    error_bet = ProtoField.uint32("quiniela.error.bet", "Bet"),
    error_field = ProtoField.string("quiniela.error.field", "Field"),
    response_in = ProtoField.framenum("quiniela.response_in", "Response in", base.NONE, frametype.RESPONSE),
    response_to = ProtoField.framenum("quiniela.response_to", "Request in", base.NONE, frametype.REQUEST),
    time = ProtoField.relative_time("quiniela.time", "Time", "From the request to its answer"),
}
quiniela.fields = f

local e = {
    malformed = ProtoExpert.new("quiniela.malformed", "Malformed message", expert.group.MALFORMED, expert.severity.ERROR),
    too_long = ProtoExpert.new("quiniela.too_long", "The length is over the limit", expert.group.MALFORMED, expert.severity.ERROR),
    refused = ProtoExpert.new("quiniela.refused", "The central refused it", expert.group.RESPONSE_CODE, expert.severity.NOTE),
    cut = ProtoExpert.new("quiniela.cut", "The capture has only its beginning", expert.group.UNDECODED, expert.severity.WARN),
}
quiniela.experts = e

quiniela.prefs.ports = Pref.range("TCP ports", "12345,12346", "The central's ports for bets and consultations", 65535)

-- JSON: only as far as a message has it. Positions are those of Lua, from 1 on. --------------------------------------

local SHOWN_DEPTH = 1 -- what lies deeper is read, and not kept
local read_value -- of any kind
local values -- those read of this message

local function after_space(text, at)
    return string.find(text, "[^ \t\r\n]", at) or #text + 1
end

-- The position of the quote that ends the text which begins with the quote `at`.
local function text_end(text, at)
    local to = at + 1
    while true do
        local stop = string.find(text, '["\\\0-\31]', to)
        local char = stop and string.sub(text, stop, stop)
        if char == '"' then
            return stop
        elseif char ~= "\\" then
            error({ at = stop or #text, "a text does not end" })
        end
        to = stop + 2
    end
end

-- Reads what stands between the brackets of a list or an object. `read_one` takes the place of one, and returns its end.
local function read_each(text, whole, closing, wrong, read_one)
    local at = after_space(text, whole.from + 1)
    local char = string.sub(text, at, at)
    while char ~= closing do
        at = after_space(text, read_one(at) + 1)
        char = string.sub(text, at, at)
        if char == "," then
            at = after_space(text, at + 1)
        elseif char ~= closing then
            error({ at = at, wrong })
        end
    end
    whole.to = at
    return whole
end

-- All are counted, and only those kept that the tree may list.
local function read_list(text, from, depth)
    local list = { kind = "list", from = from, items = {}, count = 0 }
    return read_each(text, list, "]", "a list does not go on with a comma", function(at)
        local item = read_value(text, at, depth + 1)
        list.count = list.count + 1
        if depth <= SHOWN_DEPTH and list.count <= LISTED_MAX then
            list.items[list.count] = item
        end
        return item.to
    end)
end

local function read_object(text, from, depth)
    local object = { kind = "object", from = from, members = {}, count = 0 }
    return read_each(text, object, "}", "an object does not go on with a comma", function(at)
        local stop = string.sub(text, at, at) == '"' and text_end(text, at) or error({ at = at, "a field has no name" })
        local colon = after_space(text, stop + 1)
        if string.sub(text, colon, colon) ~= ":" then
            error({ at = colon, "a field has no value" })
        end
        local value = read_value(text, after_space(text, colon + 1), depth + 1)
        object.count = object.count + 1
        if object.count > LISTED_MAX then
            error({ at = at, "an object has more fields than are read here" })
        elseif depth <= SHOWN_DEPTH then
            object.members[string.sub(text, at + 1, stop - 1)] = value
        end
        return value.to
    end)
end

local function read_word(text, at)
    for _, word in ipairs({ "true", "false", "null" }) do
        if string.sub(text, at, at + #word - 1) == word then
            return { kind = word == "null" and "null" or "boolean", from = at, to = at + #word - 1, value = word == "true" }
        end
    end
    local from, to = string.find(text, "^-?%d+%.?%d*[eE]?[+-]?%d*", at)
    if not from then
        error({ at = at, "there is no value" })
    end
    return { kind = "number", from = from, to = to, digits = string.sub(text, from, to) }
end

function read_value(text, at, depth)
    local char = string.sub(text, at, at)
    values = values + 1
    if depth > DEPTH_MAX then
        error({ at = at, "it is too deep" })
    elseif values > VALUES_MAX then
        error({ at = at, "it has more values than are read here" })
    elseif char == "{" then
        return read_object(text, at, depth)
    elseif char == "[" then
        return read_list(text, at, depth)
    elseif char == '"' then
        return { kind = "text", from = at, to = text_end(text, at) }
    end
    return read_word(text, at)
end

-- The whole message; or nil, what is wrong and where.
local function read_message(text)
    values = 0
    local is_read, found = pcall(function()
        local value = read_value(text, after_space(text, 1), 0)
        local rest = after_space(text, value.to + 1)
        if rest <= #text then
            error({ at = rest, "something follows the message" })
        end
        return value
    end)
    if is_read and found.kind == "object" then
        return found
    elseif is_read then
        return nil, "it is no object", found.from
    elseif type(found) == "table" then
        return nil, found[1], found.at
    end
    return nil, tostring(found), 1
end

-- UTF-8 of a code point.
local function utf8_of(code)
    if code < 0x80 then
        return string.char(code)
    elseif code < 0x800 then
        return string.char(0xc0 + math.floor(code / 0x40), 0x80 + code % 0x40)
    elseif code < 0x10000 then
        return string.char(0xe0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
    end
    return string.char(0xf0 + math.floor(code / 0x40000), 0x80 + math.floor(code / 0x1000) % 0x40,
        0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

-- A text without its quotes and escapes. (In two steps: the pairs of \u first, since a character may need two.)
local function plain(text, value)
    local inside = string.sub(text, value.from + 1, value.to - 1)
    if not string.find(inside, "\\", 1, true) then
        return inside
    end
    inside = string.gsub(inside, "\\\\", "\\u005c")
    inside = string.gsub(inside, "\\u([dD][89aAbB]%x%x)\\u([dD][c-fC-F]%x%x)", function(high, low)
        return utf8_of(0x10000 + (tonumber(high, 16) - 0xd800) * 0x400 + tonumber(low, 16) - 0xdc00)
    end)
    return (string.gsub(inside, "\\(.)(%x?%x?%x?%x?)", function(char, digits)
        if char == "u" and #digits == 4 then
            return utf8_of(tonumber(digits, 16))
        end
        return (ESCAPES[char] or char) .. digits
    end))
end

-- What would steer a terminal, end a line or change the reading direction, as src/base/log_text.h has it: from, to.
local STEERING = { { 0x80, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xd800, 0xdfff } }
local SMALLEST = { 0, 0x80, 0x800, 0x10000 } -- character of so many bytes; others are not well-formed (RFC 3629)

local function escaped_bytes(bytes)
    return (string.gsub(bytes, ".", function(byte)
        return string.format("\\x%02x", string.byte(byte))
    end))
end

-- A first byte that is not ASCII, and those after it that continue a character.
local function shown_character(bytes)
    local first = string.byte(bytes)
    local size = first >= 0xf0 and 4 or first >= 0xe0 and 3 or 2
    if first < 0xc2 or first > 0xf4 or #bytes < size then
        return escaped_bytes(bytes)
    end
    local code = first % 2 ^ (7 - size)
    for i = 2, size do
        code = code * 0x40 + string.byte(bytes, i) % 0x40
    end
    if code < SMALLEST[size] or code > 0x10ffff then
        return escaped_bytes(bytes)
    end
    local character = string.sub(bytes, 1, size)
    for _, range in ipairs(STEERING) do
        if code >= range[1] and code <= range[2] then
            character = string.format("\\u%04x", code)
        end
    end
    return character .. escaped_bytes(string.sub(bytes, size + 1))
end

-- The text as it can be shown. All that comes from the wire as text goes through here before it is added anywhere.
local function shown(text)
    text = string.gsub(text, "[\0-\31\127]", escaped_bytes)
    return (string.gsub(text, "[\128-\255][\128-\191]*", shown_character))
end

-- Which answer belongs to which request. ------------------------------------------------------------------------------

local waiting, pairs_by_key -- requests without an answer, by connection; what was found, by message
local counts -- how many messages a packet has, of those with several
local packet, seen -- the packet that is looked at, and how many of its messages have been

function quiniela.init()
    waiting, pairs_by_key, counts = {}, {}, {}
    packet, seen = 0, 0
end

-- Which of its packet's messages it is, from 1 on. Offsets do not tell: each record of TLS begins at 0. A packet may be looked at
-- again and again, and each time at all of its messages, so that they are counted round and round.
local function next_place(pinfo)
    if pinfo.number ~= packet then
        packet, seen = pinfo.number, 0
    end
    seen = seen + 1
    if not pinfo.visited then
        counts[packet] = seen > 1 and seen or nil
        return seen
    end
    return (seen - 1) % (counts[packet] or 1) + 1
end

-- Both ends, the client's first. (The field tcp.stream is not there on the first way through a capture.)
local function connection_of(pinfo, is_request)
    local source, target = tostring(pinfo.src) .. ":" .. pinfo.src_port, tostring(pinfo.dst) .. ":" .. pinfo.dst_port
    return is_request and source .. " " .. target or target .. " " .. source
end

local function note_request(connection, key, kind, pinfo)
    local unanswered = waiting[connection] or { chunks = { from = 1, to = 0 }, consultations = { from = 1, to = 0 } }
    waiting[connection] = unanswered
    local list = kind == 3 and unanswered.consultations or unanswered.chunks
    list.to = list.to + 1
    list[list.to] = { key = key, frame = pinfo.number, time = pinfo.rel_ts }
end

-- Answers come in the order of the questions, but for consultations that are held. So an error is for the oldest chunk.
local function note_reply(connection, key, kind, pinfo)
    local unanswered = waiting[connection]
    if not unanswered then
        return
    end
    local list = (kind == 2 or kind == 3) and unanswered.consultations or unanswered.chunks
    if kind == 4 and not list[list.from] then
        list = unanswered.consultations
    end
    local request = list[list.from]
    if request then
        list[list.from] = nil -- and the others stay where they are: they may be many
        list.from = list.from + 1
        pairs_by_key[key] = { request = request.frame, time = pinfo.rel_ts - request.time }
        pairs_by_key[request.key] = { response = pinfo.number }
    end
end

local function add_pair(tree, key)
    local pair = pairs_by_key[key]
    if pair and pair.response then
        tree:add(f.response_in, pair.response):set_generated()
    elseif pair then
        tree:add(f.response_to, pair.request):set_generated()
        tree:add(f.time, NSTime.new(math.floor(pair.time), math.floor(pair.time % 1 * 1e9))):set_generated()
    end
end

-- What a message shows. -------------------------------------------------------------------------------------------------

-- The bytes of a value within the message's frame.
local function bytes_of(message, value)
    return message.tvb(HEADER_BYTES + value.from - 1, value.to - value.from + 1)
end

local WIDE = { [f.first] = true, [f.next] = true, [f.list_from] = true, [f.time_ms] = true } -- of 64 bits
local WIDEST = "18446744073709551615"

-- Lua's own numbers hold only 53 bits exactly, so the digits are compared, and taken, as text.
local function add_number(message, name, field)
    local value = message.members[name]
    local digits = value and value.kind == "number" and string.match(value.digits, "^%d+$")
    if not digits or #digits > #WIDEST or (#digits == #WIDEST and digits > WIDEST) then
        return nil
    elseif WIDE[field] then
        message.tree:add(field, bytes_of(message, value), UInt64(digits))
    elseif tonumber(digits) < 2 ^ 32 then
        message.tree:add(field, bytes_of(message, value), tonumber(digits))
    end
    return digits
end

local function add_text(message, name, field)
    local value = message.members[name]
    if value and value.kind == "text" then
        local text = shown(plain(message.text, value))
        message.tree:add(field, bytes_of(message, value), text)
        return text
    end
end

local function add_boolean(message, name, field, missing)
    local value = message.members[name]
    if value and value.kind == "boolean" then
        message.tree:add(field, bytes_of(message, value), value.value)
    elseif missing ~= nil then
        message.tree:add(field, missing):set_generated()
    end
end

local function add_agency(message)
    local value = message.members.agency
    local digits = value and (value.kind == "text" and plain(message.text, value) or value.digits)
    local number = digits and string.find(digits, "^%d+$") and tonumber(digits)
    if number and number < 2 ^ 32 then
        message.tree:add(f.agency, bytes_of(message, value), number)
        return string.format("%d", number)
    end
    return "?"
end

local function add_bets(message)
    local list = message.members.payload
    if not list or list.kind ~= "list" then
        return "?"
    end
    local tree = message.tree:add(f.count, bytes_of(message, list), list.count)
    for _, item in ipairs(list.items) do
        if item.kind == "text" then
            tree:add(f.bet, bytes_of(message, item), shown(plain(message.text, item)))
        end
    end
    return list.count
end

local function add_asks(message, names)
    local asked = {}
    for _, name in ipairs(names) do
        local value = message.members[name]
        if value and (value.value or value.kind == "text") then
            asked[#asked + 1] = name
        end
    end
    if #asked > 0 then
        message.tree:add(f.asks, table.concat(asked, " ")):set_generated()
    end
end

local function show_chunk(message)
    local info = "agency=" .. add_agency(message)
    local first = add_number(message, "first", f.first)
    info = info .. (first and " first=" .. first or "") .. " bets=" .. add_bets(message)
    add_number(message, "stored", f.list_from)
    add_text(message, "only_draw", f.only_draw)
    add_asks(message, { "time", "draw", "rules", "receipt" })
    return info
end

local function show_consultation(message)
    local info = "agency=" .. add_agency(message)
    add_boolean(message, "wait", f.wait, true)
    add_boolean(message, "returns", f.returns)
    add_text(message, "seal", f.seal)
    add_asks(message, { "rules", "seal", "key" })
    return info
end

local function show_winners(message)
    local value = message.members.payload
    if not value or value.kind ~= "text" then
        return "winners=?"
    end
    local count, documents = 0, plain(message.text, value)
    local tree = message.tree:add(f.winners, bytes_of(message, value), select(2, string.gsub(documents, "[^,]+", "")))
    for document in string.gmatch(documents, "[^,]+") do
        count = count + 1
        if count <= LISTED_MAX then
            tree:add(f.winner, bytes_of(message, value), shown(document))
        end
    end
    return "winners=" .. count
end

local function show_error(message)
    local payload = message.members.payload
    if not payload or payload.kind ~= "object" then
        return "code=?"
    end
    local inner = { tvb = message.tvb, text = message.text, members = payload.members,
        tree = message.tree:add(quiniela, bytes_of(message, payload), "Error") }
    local code = add_text(inner, "code", f.error) or "?"
    add_text(inner, "message", f.error_message)
    add_boolean(inner, "retryable", f.error_retryable)
    local bet = add_number(inner, "bet", f.error_bet)
    local field = add_text(inner, "field", f.error_field)
    inner.tree:add_proto_expert_info(e.refused, "The central refused it: " .. code)
    return "code=" .. code .. (bet and " bet=" .. bet or "") .. (field and " field=" .. field or "")
end

local function show_reply(message, kind)
    local info = kind == 2 and show_winners(message) or kind == 4 and show_error(message) or ""
    local next_bet = add_number(message, "next", f.next)
    local pieces = message.members.stored
    if pieces and pieces.kind == "list" then
        message.tree:add(f.pieces, bytes_of(message, pieces), pieces.count)
    end
    add_number(message, "retry_after_ms", f.retry_after)
    add_number(message, "time_ms", f.time_ms)
    for _, name in ipairs({ "refuses", "draw", "rules", "seal", "result", "key" }) do
        add_text(message, name, f[name])
    end
    local receipt = message.members.receipt
    if receipt and receipt.kind == "object" then
        message.tree:add(f.receipt, bytes_of(message, receipt), shown(string.sub(message.text, receipt.from, receipt.to)))
    end
    return info .. (next_bet and (info ~= "" and " " or "") .. "next=" .. next_bet or "")
end

local function show_message(message, is_request, key, pinfo)
    local value = message.members.type_message
    local kind = add_number(message, "type_message", f.type)
    kind = kind and tonumber(kind)
    local name = (is_request and REQUESTS or REPLIES)[kind]
    if not name then
        message.tree:add_proto_expert_info(e.malformed, value and "There is no such type" or "It has no type")
        return "of no known type"
    end
    message.tree:add(f.name, bytes_of(message, value), name)
    if not pinfo.visited then
        local note = is_request and note_request or note_reply
        note(connection_of(pinfo, is_request), key, kind, pinfo)
    end
    local show = not is_request and show_reply or kind == 3 and show_consultation or show_chunk
    local info = show(message, kind)
    add_pair(message.tree, key)
    return name .. (info ~= "" and " " .. info or "")
end

-- Frames. ---------------------------------------------------------------------------------------------------------------

-- The ports that are the central's, as the preference says them: "12345,12346", "12000-12010".
local function is_central(port)
    for from, to in string.gmatch(tostring(quiniela.prefs.ports), "(%d+)%-?(%d*)") do
        if port >= tonumber(from) and port <= (tonumber(to) or tonumber(from)) then
            return true
        end
    end
    return false
end

-- With Decode As, the port that was named is the central's.
local function is_to_central(pinfo)
    if is_central(pinfo.dst_port) ~= is_central(pinfo.src_port) then
        return is_central(pinfo.dst_port)
    end
    return pinfo.match == pinfo.dst_port
end

local function length_max(pinfo)
    return is_to_central(pinfo) and REQUEST_BYTES_MAX or REPLY_BYTES_MAX
end

-- What is over the limit is out of step: all that has come is shown as one piece, and nothing is waited for.
local function frame_length(tvb, pinfo, offset)
    if tvb:len() < offset + HEADER_BYTES then -- not captured
        return tvb:reported_length_remaining(offset)
    end
    local length = tvb(offset, HEADER_BYTES):uint()
    return length <= length_max(pinfo) and HEADER_BYTES + length or tvb:reported_length_remaining(offset)
end

local function dissect_body(tvb, pinfo, tree, length, key)
    local captured = math.min(tvb:len() - HEADER_BYTES, length)
    local text = captured > 0 and tvb:raw(HEADER_BYTES, captured) or ""
    if captured < length then
        tree:add_proto_expert_info(e.cut)
        return "cut"
    end
    local object, wrong, at = read_message(text)
    if not object then
        tree:add_proto_expert_info(e.malformed, string.format("Malformed message: %s (byte %d)", wrong, at - 1))
        return "malformed"
    end
    local message = { tvb = tvb, text = text, members = object.members, tree = tree }
    return show_message(message, is_to_central(pinfo), key, pinfo)
end

local function dissect_frame(tvb, pinfo, root)
    local tree, place = root:add(quiniela, tvb()), next_place(pinfo)
    if tvb:len() < HEADER_BYTES then
        tree:add_proto_expert_info(e.cut)
        return tvb:len()
    end
    local length = tvb(0, HEADER_BYTES):uint()
    tree:add(f.length, tvb(0, HEADER_BYTES))
    if is_to_central(pinfo) then -- an answer has no such field, so that its name alone is a filter
        tree:add(f.request, true):set_generated()
    end
    local info
    if length > length_max(pinfo) then
        tree:add_proto_expert_info(e.too_long)
        info = "out of step"
    else
        info = dissect_body(tvb, pinfo, tree, length, pinfo.number .. ":" .. place)
    end
    tree:append_text(": " .. info)
    pinfo.cols.protocol = "QUINIELA"
    pinfo.cols.info:append((place > 1 and "; " or "") .. info)
    pinfo.cols.info:fence()
    return tvb:len()
end

local tls = Dissector.get("tls")

-- Whether it begins with a record of TLS.
local function is_tls(tvb)
    return tvb:len() >= 3 and tvb(0, 1):uint() >= 20 and tvb(0, 1):uint() <= 23 and tvb(1, 1):uint() == 3
end

function quiniela.dissector(tvb, pinfo, root)
    if is_tls(tvb) then
        return tls:call(tvb, pinfo, root)
    end
    pinfo.cols.protocol = "QUINIELA"
    pinfo.cols.info:clear()
    dissect_tcp_pdus(tvb, root, HEADER_BYTES, frame_length, dissect_frame)
    return tvb:len()
end

-- A connection's first segment has no bytes, so the protocol above does not see it. The fields of TCP are not there on the first way
-- through a capture, and to ask for them would slow all captures; so this looks at the end of short frames for TCP's header (RFC 9293,
-- 3.1) of these ports, with SYN and without ACK. Behind it an Ethernet has filled its frame, or put a checksum.
local beginnings = Proto("quiniela_beginnings", "Quiniela, where connections begin")
local FRAME_MAX, TCP_SHORTEST, FILLED_MAX = 256, 20, 10

local function is_beginning(bytes, pinfo)
    local ports = string.char(math.floor(pinfo.src_port / 256), pinfo.src_port % 256,
        math.floor(pinfo.dst_port / 256), pinfo.dst_port % 256)
    local at = string.find(bytes, ports, 1, true)
    while at do
        local after = #bytes - at + 1
        local length = after >= TCP_SHORTEST and math.floor(string.byte(bytes, at + 12) / 16) * 4 or 0
        if length >= TCP_SHORTEST and length <= after and after <= length + FILLED_MAX and string.byte(bytes, at + 13) % 32 == 2 then
            return true
        end
        at = string.find(bytes, ports, at + 1, true)
    end
    return false
end

function beginnings.dissector(tvb, pinfo)
    if pinfo.visited or not next(waiting) or tvb:len() > FRAME_MAX then
        return 0
    end
    local connection = connection_of(pinfo, true)
    if waiting[connection] and is_beginning(tvb:raw(), pinfo) then
        waiting[connection] = nil
    end
    return 0 -- it shows nothing
end

register_postdissector(beginnings)

-- Decrypted bytes of TLS come by its table. Both offer "Decode As".
local TABLES = { DissectorTable.get("tcp.port"), DissectorTable.get("tls.port") }
local registered

local function register()
    for _, dissectors in ipairs(TABLES) do
        if registered then
            dissectors:remove(registered, quiniela)
        end
        dissectors:add(quiniela.prefs.ports, quiniela)
    end
    registered = quiniela.prefs.ports
end

function quiniela.prefs_changed()
    register()
end

register()
