"""Many servers on one PostgreSQL make one seal and one draw, whatever races, dies or is lost.

A server dies in the middle of the draw, notifications and connections are lost, and one agency is at two servers at
once.

Each server is a process with a log of its own, and tells the database its name, so that the database can say which of
them holds or waits for a lock. A trigger in the database notes each step of the draw.
"""
import collections
import concurrent.futures
import os
import random
import unittest

from harness import STORES, Agency, Ports, Server, Story, Wire, frame, sql
from holding import Holding
from standstill import standing_still

MOVES = """
    CREATE TABLE moves (move SERIAL, to_state TEXT, sealed_at TEXT, drawn_at TEXT);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO moves (to_state, sealed_at, drawn_at) VALUES (NEW.state, NEW.sealed_at, NEW.drawn_at);
        RETURN NEW; END $$;
    CREATE TRIGGER note AFTER UPDATE ON draws FOR EACH ROW
        WHEN ((OLD.state, OLD.sealed_at, OLD.drawn_at) IS DISTINCT FROM (NEW.state, NEW.sealed_at, NEW.drawn_at))
        EXECUTE FUNCTION note();"""


def bet(document, number=1):
    return f"Ana,Díaz,{document},1999-03-17,{number}"


@unittest.skipUnless(STORES.is_shared, "needs a store that several servers share")
class Servers(Story):
    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
        self.chance = random.Random(self.seed)
        self.servers = []

    def start_servers(self, count, agencies, *flags, address=None):
        address = address or self.store()
        for number in range(len(self.servers), len(self.servers) + count):
            self.servers.append(Server(self, *flags, agencies=agencies, servers=1,
                                       store=f"{address}&application_name=central-{number}"))
        if len(self.servers) == count:
            sql(MOVES, self.store())

    def wire(self, server=None, port=0):
        server = server or self.chance.choice(self.servers)
        return Wire(self, server.every[0][port])

    def ports(self, *servers):
        return Ports([server.every[0] for server in servers or self.servers])

    def wait_until(self, query, value):
        """Until SQL gives this value; servers' logs do not say when."""
        self.servers[0].wait_until(lambda: sql(query) == value)

    def who(self, condition):
        """The server whose connection the condition on pg_stat_activity holds for, waited for."""
        found = []
        query = f"SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'central-%' AND {condition}"

        def look():
            found[:] = sql(query).splitlines()
            return found
        self.servers[0].wait_until(look)
        self.assertEqual(len(found), 1, found)
        return self.servers[int(found[0].split("-")[1])]

    def logged(self, pattern):
        return sum(server.count(pattern) for server in self.servers)

    def expect(self, pattern, *counts):
        """So many lines, or one of these counts, in all logs; the last of them may come later than the answer it goes with,
        and than another server's."""
        self.servers[0].wait_until(lambda: self.logged(pattern) >= min(counts), f"{min(counts)} lines with {pattern!r}")
        self.assertIn(self.logged(pattern), counts, f"lines with {pattern!r}")

    def check_draw(self, winners, draws_logged=(1,)):
        """One seal, one draw, these winners; and every server answers every agency rightly."""
        moves = [line.split("|") for line in
                 sql("SELECT to_state, sealed_at, drawn_at FROM moves ORDER BY move", self.store()).splitlines()]
        self.assertEqual([move[0] for move in moves], ["sealed", "drawn"])
        self.assertEqual(moves[0][1], moves[1][1])
        self.assertEqual(sql("SELECT state, finished FROM draws", self.store()), f"drawn|{len(winners)}")
        self.assertEqual(
            sql("SELECT agency, document FROM winners ORDER BY agency, bet", self.store()).splitlines(),
            [f"{agency}|{document}" for agency in sorted(winners) for document in winners[agency]])
        self.expect(r"action: sorteo \| result: success", *draws_logged)
        for server in self.servers:
            if server.process.poll() is None:
                self.check_answers(server, winners)

    def check_answers(self, server, winners):
        wire = self.wire(server)
        agencies = sorted(winners)
        for start in range(0, len(agencies), 16):  # as many as may be outstanding on one connection
            asked = agencies[start:start + 16]
            wire.socket.sendall(b"".join(frame({"type_message": 3, "agency": str(each)}) for each in asked))
            for each in asked:
                self.assertEqual(wire.receive(), {"type_message": 2, "payload": ",".join(winners[each])})


class Races(Servers):
    def race(self, server_count, agencies):
        """The last chunks of all agencies at once, at random servers; everybody waits for the draw at another one."""
        self.start_servers(server_count, agencies)
        winners, sent = {}, collections.Counter()
        chunks, waiting = {}, {}
        for agency in range(1, agencies + 1):
            bets = [bet(f"{agency}x{n}", self.chance.choice((7574, 1))) for n in range(self.chance.randrange(4))]
            winners[agency] = [line.split(",")[2] for line in bets if line.endswith(",7574")]
            sent.update(f"{agency},{line}" for line in bets)
            split = self.chance.randrange(len(bets) + 1)
            ends = {"agency": str(agency), "first": split, "type_message": 2, "payload": bets[split:]}
            wire = self.wire(self.servers[agency % server_count] if agencies == server_count else None)
            if split > 0:
                self.wire().ask({"agency": str(agency), "first": 0, "type_message": 1, "payload": bets[:split]})
            chunks[agency] = wire, frame(ends)
            waiting[agency] = self.wire(port=1)
            waiting[agency].send({"type_message": 3, "agency": str(agency)})
        order = list(chunks.values())
        self.chance.shuffle(order)
        for wire, message in order:
            wire.socket.sendall(message)
        for wire, _ in order:
            self.assertEqual(wire.receive().kind, "processed")
        for agency, wire in waiting.items():
            self.assertEqual(wire.receive(), {"type_message": 2, "payload": ",".join(winners[agency])})
        self.check_draw(winners)
        self.assertEqual(self.stored(), sent)

    def test_a_thousand_agencies_end_at_eight_servers(self):
        with self.subTest(seed=self.seed):
            self.race(8, 1000)

    def test_the_last_eight_agencies_end_at_eight_servers(self):
        with self.subTest(seed=self.seed):
            self.race(8, 8)


class DeathsInTheDraw(Servers):
    """The server that makes the draw is killed while the database holds it up."""
    WINNERS = {1: ["11"], 2: [], 3: ["31", "32"]}

    def finish_all_but_the_end_of_3(self):
        self.start_servers(3, 3)
        self.waiting = {}
        for agency, server in zip(self.WINNERS, self.servers):
            bets = [bet(document, 7574) for document in self.WINNERS[agency]] + [bet(f"{agency}0")]
            reply = self.wire().ask({"type_message": 1 if agency == 3 else 2, "agency": str(agency), "first": 0,
                                     "payload": bets})
            self.assertEqual(reply.kind, "processed")
            for server in self.servers:
                self.waiting[agency, server] = self.wire(server, port=1)
                self.waiting[agency, server].send({"type_message": 3, "agency": str(agency)})

    def end_3(self, server):
        reply = self.wire(server).ask({"type_message": 2, "agency": "3", "first": 3, "payload": []})
        self.assertEqual(reply.kind, "processed")

    def check_told(self):
        for (agency, server), wire in self.waiting.items():
            if server.process.poll() is None:
                self.assertEqual(wire.receive(), {"type_message": 2, "payload": ",".join(self.WINNERS[agency])})

    def test_one_that_dies_while_it_reads_is_replaced(self):
        self.finish_all_but_the_end_of_3()
        held = Holding(self, self.store(), "LOCK TABLE chunks IN ACCESS EXCLUSIVE MODE")
        self.end_3(self.servers[1])
        maker = self.who("wait_event_type = 'Lock' AND query LIKE '%FROM chunks%'")
        maker.kill()
        self.assertEqual(sql("SELECT state FROM draws", self.store()), "sealed")
        self.assertEqual(self.logged("action: sorteo"), 0)
        held.release()
        self.check_told()
        self.check_draw(self.WINNERS)
        self.assertEqual(maker.count("action: sorteo"), 0)

    def test_one_that_dies_while_it_writes_has_drawn_or_is_replaced(self):
        self.finish_all_but_the_end_of_3()
        held = Holding(self, self.store(), "LOCK TABLE winners IN SHARE MODE")
        self.end_3(self.servers[2])
        maker = self.who("wait_event_type = 'Lock' AND query LIKE 'INSERT INTO winners%'")
        maker.kill()
        self.assertEqual(sql("SELECT count(*) FROM winners", self.store()), "0")
        held.release()
        self.check_told()
        # What it had sent may be carried out after its death; then nobody says that it made the draw.
        self.check_draw(self.WINNERS, draws_logged=(0, 1))

    def test_one_whose_connection_is_ended_is_replaced_or_goes_on(self):
        self.finish_all_but_the_end_of_3()
        held = Holding(self, self.store(), "LOCK TABLE winners IN SHARE MODE")
        self.end_3(self.servers[0])
        self.who("wait_event_type = 'Lock' AND query LIKE 'INSERT INTO winners%'")
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND query LIKE 'INSERT INTO winners%'")
        held.release()
        self.check_told()
        self.check_draw(self.WINNERS)

    def test_all_die_and_others_come(self):
        self.finish_all_but_the_end_of_3()
        held = Holding(self, self.store(), "LOCK TABLE chunks IN ACCESS EXCLUSIVE MODE")
        self.end_3(self.servers[1])
        self.who("wait_event_type = 'Lock' AND query LIKE '%FROM chunks%'")
        for server in self.servers:
            server.kill()
        held.release()
        self.start_servers(2, 3)
        for agency, documents in self.WINNERS.items():
            reply = self.wire(self.servers[3 + agency % 2], port=1).ask({"type_message": 3, "agency": str(agency)})
            self.assertEqual(reply["payload"], ",".join(documents))
        self.check_draw(self.WINNERS)


class Losses(Servers):
    """What the database's connections carry is lost."""

    def test_without_notifications_the_others_look(self):
        role = "r" + os.path.basename(self.folder).replace("-", "_")
        address = self.store().replace("//postgres@", f"//{role}@")
        sql(f"CREATE ROLE {role} LOGIN")
        self.addCleanup(sql, f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")
        sql(f"GRANT ALL ON SCHEMA {STORES.schema(self)} TO {role}")
        self.start_servers(3, 3, address=address)
        sql(f"GRANT ALL ON ALL TABLES IN SCHEMA {STORES.schema(self)} TO {role};"
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {STORES.schema(self)} TO {role}")
        self.wait_until(f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}' AND query LIKE 'LISTEN%'", "3")
        # Who listens is thrown out, and finds no way back in.
        sql(f"ALTER ROLE {role} CONNECTION LIMIT 1")
        listeners = f"FROM pg_stat_activity WHERE usename = '{role}' AND query LIKE 'LISTEN%'"
        sql(f"SELECT pg_terminate_backend(pid) {listeners}")
        self.wait_until(f"SELECT count(*) {listeners}", "0")
        waiting = {(agency, server): self.wire(server, port=1) for agency in (1, 2, 3) for server in self.servers}
        for (agency, _), wire in waiting.items():
            wire.send({"type_message": 3, "agency": str(agency)})
        for agency in (1, 2, 3):
            self.wire(self.servers[agency - 1]).ask(
                {"type_message": 2, "agency": str(agency), "first": 0, "payload": [bet(f"{agency}1", 7574)]})
        for (agency, _), wire in waiting.items():
            self.assertEqual(wire.receive(), {"type_message": 2, "payload": f"{agency}1"})
        self.assertEqual(sql(f"SELECT count(*) {listeners}"), "0")
        self.check_draw({agency: [f"{agency}1"] for agency in (1, 2, 3)})

    def test_connections_that_are_ended_again_and_again(self):
        sizes, winners = (600, 400, 300, 0), (2, 3, 1, 0)
        self.sample(sizes, winners)
        self.start_servers(3, 4)
        with self.subTest(seed=self.seed):
            agencies = [Agency(self, number, self.ports(), "--chunk-size", 3) for number in range(1, 5)]
            for _ in range(25):
                stored = self.logged("action: apuestas_almacenadas") + self.chance.randrange(1, 20)
                self.servers[0].wait_until(
                    lambda stored=stored: self.logged("action: apuestas_almacenadas") >= stored
                    or all(agency.count("cant_ganadores") for agency in agencies))
                sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'central-%'")
            self.assertEqual([agency.winners() for agency in agencies], list(winners))
            self.assertEqual(self.stored(), self.sent(agencies=range(1, 5)))
            self.assertEqual(sql("SELECT to_state FROM moves ORDER BY move", self.store()), "sealed\ndrawn")
            self.assertLessEqual(self.logged(r"action: sorteo \| result: success"), 1)


class Starts(Servers):
    """A server is started with other settings, and others hold the draw that it is to change."""

    def test_one_that_stands_still_holds_nobody_up(self):
        """It counts an agency's end when it is suspended. It goes on afterwards, and has lost nothing."""
        self.start_servers(1, 2)
        wire, held = self.wire(), Holding(self, self.store(), "LOCK TABLE draws IN SHARE MODE")
        wire.send({"type_message": 2, "agency": "1", "first": 0, "payload": [bet(1)]})
        suspended = self.who("wait_event_type = 'Lock' AND query LIKE 'UPDATE draws%'")
        with standing_still(suspended):
            held.release()
            self.assertIs(self.who("state = 'idle in transaction'"), suspended)
            self.start_servers(1, 3)
        self.assertEqual(wire.receive(), {"type_message": 1, "payload": None, "next": 1})
        self.assertEqual(self.stored(), collections.Counter([f"1,{bet(1)}"]))
        self.assertEqual(sql("SELECT agencies, finished FROM draws", self.store()), "3|1")
        self.assertEqual(self.logged("result: fail"), 0)

    def test_one_that_is_too_late_again_and_again_tries_again(self):
        """It says what it waits for, and does not end."""
        self.start_servers(1, 2)
        sql("""CREATE SEQUENCE late;
            CREATE FUNCTION be_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('late') <= 6 THEN RAISE EXCEPTION USING ERRCODE = '55P03', MESSAGE = 'it took too long'; END IF;
                RETURN NEW; END $$;
            CREATE TRIGGER be_late BEFORE UPDATE ON draws FOR EACH ROW EXECUTE FUNCTION be_late();""", self.store())
        self.start_servers(1, 3)
        self.servers[1].expect(r"action: store \| result: fail \| error: store_stale \| message: .*it took too long \| retry_ms")
        self.assertEqual(sql("SELECT agencies FROM draws", self.store()), "3")


class OneAgencyAtTwoServers(Servers):
    """Neither server may give up because the other one is quicker: others would pay for it whose chunks are in the same
    group."""

    def in_order(self, agency):
        """The agency's bets as they are stored, one after another."""
        query = f"SELECT nombre, apellido, documento, nacimiento, numero FROM bets WHERE agency = {agency} ORDER BY bet"
        return sql(query, self.store()).replace("|", ",").splitlines()

    def test_two_clients_of_each_agency(self):
        self.sample((1200, 900, 700, 400), (2, 3, 1, 0))
        self.start_servers(2, 4)
        clients = [Agency(self, number, self.ports(server), "--chunk-size", size, "--window", 16)
                   for number in range(1, 5) for server, size in zip(self.servers, (3, 10))]
        self.assertEqual([client.winners() for client in clients], [2, 2, 3, 3, 1, 1, 0, 0])
        self.assertEqual([client.wait() for client in clients], [0] * 8)
        self.assertEqual(self.logged("result: fail"), 0)
        self.assertEqual(self.stored(), self.sent(agencies=range(1, 5)))
        self.expect("action: client_finished", 4)
        self.expect(r"action: sorteo \| result: success", 1)

    def upload(self, server, bets, size):
        wire, starts = self.wire(server), range(0, len(bets), size)
        self.at_once((lambda: [wire.send({"type_message": 1, "agency": "1", "first": first,
                                          "payload": bets[first:first + size]}) for first in starts],),
                     (self.check_acknowledged, wire, [min(first + size, len(bets)) for first in starts]))

    def check_acknowledged(self, wire, ends):
        for end in ends:
            reply = wire.receive()
            self.assertEqual(reply.kind, "processed", reply)
            self.assertGreaterEqual(reply["next"], end)

    def at_once(self, *uploads):
        """Runs the functions in threads of their own, and passes on what they raise."""
        with concurrent.futures.ThreadPoolExecutor(len(uploads)) as pool:
            for done in [pool.submit(*upload) for upload in uploads]:
                done.result()

    def test_chunks_of_other_sizes(self):
        bets = [bet(n, n % 10000) for n in range(3000)]
        self.start_servers(2, 2)
        self.at_once(*((self.upload, server, bets, size) for server, size in zip(self.servers, (7, 4))))
        self.assertEqual(self.in_order(1), bets)

        def logged():
            return sum(int(line.split("cantidad: ")[1]) for server in self.servers for line in server.log().splitlines()
                       if "apuestas_almacenadas | result: success" in line)
        self.servers[0].wait_until(lambda: logged() >= len(bets), f"lines that tell of all {len(bets)} bets")
        self.assertEqual(logged(), len(bets))

    def append(self, server, chunks):
        """As classic clients do it, which do not say where a chunk belongs, one after another."""
        wire = self.wire(server)
        for chunk in chunks:
            reply = wire.ask({"type_message": 1, "agency": "1", "payload": chunk})
            self.assertEqual(reply.kind, "processed", reply)

    def test_chunks_that_do_not_say_where_they_belong(self):
        self.start_servers(2, 2)
        chunks = {name: [[bet(f"{name}{n}x{i}", i) for i in range(3)] for n in range(200)] for name in "abcd"}
        self.at_once(*((self.append, server, chunks[name]) for name, server in zip("abcd", 2 * self.servers)))
        stored = self.in_order(1)
        self.assertEqual(len(stored), 2400)
        whole = [stored[at:at + 3] for at in range(0, len(stored), 3)]
        for name, sent in chunks.items():
            self.assertEqual([chunk for chunk in whole if chunk[0].split(",")[2].startswith(name)], sent)

    def test_equal_chunks_that_do_not_say_where_they_belong(self):
        """Each is stored for itself: what another server stored at the place that a chunk did not get is not it."""
        self.start_servers(2, 2)
        chunks = [[bet(1)]] * 200
        self.at_once(*((self.append, server, chunks) for server in 2 * self.servers))
        self.assertEqual(self.in_order(1), [bet(1)] * 800)
        self.expect(r"apuestas_almacenadas \| result: success", 800)


if __name__ == "__main__":
    unittest.main()
