PRAGMA application_id = 1129268043;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE anchor (
            source TEXT NOT NULL REFERENCES anchor_source (source),
            row_key TEXT NOT NULL,
            date TEXT,
            first_date TEXT,
            title TEXT NOT NULL,
            owner TEXT,
            "values" TEXT NOT NULL,
            present INTEGER NOT NULL,
            PRIMARY KEY (source, row_key)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "anchor" VALUES('agreements','A','2027-03-31','2027-03-31','Agreement A','Kim','{"account":"Globex"}',1);
CREATE TABLE anchor_source (
            source TEXT PRIMARY KEY,
            marker TEXT NOT NULL,
            loaded_at TEXT NOT NULL
        ) STRICT;
INSERT INTO "anchor_source" VALUES('agreements','f1','2026-11-23T15:00:00+00:00');
CREATE TABLE item (
            key TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            fields TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            created_at TEXT NOT NULL,
            created_by TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            updated_by TEXT NOT NULL
        ) STRICT;
INSERT INTO "item" VALUES('a/0','thing','open','{"title":"thing 0"}',1,'2026-11-23T15:00:00+00:00','pat','2026-11-23T15:00:00+00:00','pat');
INSERT INTO "item" VALUES('a/1','thing','open','{"title":"thing 1"}',3,'2026-11-23T15:00:00+00:00','pat','2026-11-23T15:00:00+00:00','pat');
INSERT INTO "item" VALUES('a/2','thing','closed','{"proof":"seen","title":"thing 2"}',2,'2026-11-23T15:00:00+00:00','pat','2026-11-23T15:00:00+00:00','pat');
CREATE TABLE journal (
            seq INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            batch TEXT NOT NULL,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            host TEXT NOT NULL,
            session TEXT NOT NULL,
            action TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            base_version INTEGER NOT NULL,
            changes TEXT NOT NULL,
            reason TEXT,
            undoes TEXT,
            chain TEXT NOT NULL
        ) STRICT;
INSERT INTO "journal" VALUES(1,'b584fdc3fc892858da845335','4407e27e31ff4940','2026-11-23T15:00:00+00:00','pat','vm','364b45d2','materialise','thing','a/0',0,'{"state":[null,"open"],"title":[null,"thing 0"]}',NULL,NULL,'930f0d29226c945cd66e208d5f469a0f6c332821a8c37d5d7d7a667500f1882f');
INSERT INTO "journal" VALUES(2,'17a061297caa8adf55f37d0d','4407e27e31ff4940','2026-11-23T15:00:00+00:00','pat','vm','364b45d2','materialise','thing','a/1',0,'{"state":[null,"open"],"title":[null,"thing 1"]}',NULL,NULL,'49eba1944058e03c307300a9dff0224c9e2231767802dc1585df3d6706c9a098');
INSERT INTO "journal" VALUES(3,'5b04864609c2e0938d79ba65','4407e27e31ff4940','2026-11-23T15:00:00+00:00','pat','vm','364b45d2','materialise','thing','a/2',0,'{"state":[null,"open"],"title":[null,"thing 2"]}',NULL,NULL,'ace306ba9bb77ac6b546d7a42158fe72e6a23b2633a55f5d00476e24dc5b77b5');
INSERT INTO "journal" VALUES(4,'981b9ee7e19555a807e71c09','58c79b6ba38381ea','2026-11-23T15:00:00+00:00','pat','vm','364b45d2','change','thing','a/1',1,'{"size":[null,3],"title":["thing 1","changed"]}','because',NULL,'8189afbf6ba66d1d21a557a1bfa9ee6d323d67007d28a8943a17a42de9c13e11');
INSERT INTO "journal" VALUES(5,'20ffc132604a5d1b9dcd6ea4','64a8003c51081f5a','2026-11-23T15:00:00+00:00','pat','vm','364b45d2','undo','thing','a/1',2,'{"size":[3,null],"title":["changed","thing 1"]}','because','981b9ee7e19555a807e71c09','9f29a1d4e94ee99b71ddec3c497e2c2969692956e96d05a7c0e63345a837dacd');
INSERT INTO "journal" VALUES(6,'922793453f698e10b258e5b8','54aadb6476d0a844','2026-11-23T15:00:00+00:00','pat','vm','364b45d2','change','thing','a/2',1,'{"proof":[null,"seen"],"state":["open","closed"]}',NULL,NULL,'05fb2b3aeb827112ea4157fb4831222cd4233d46b0fc2d79438f7afbc4abcd3d');
INSERT INTO "journal" VALUES(7,'0ad819fb337ff28fdc36fc6b','a0514e77213b59ec','2026-11-23T15:00:00+00:00','pat','vm','364b45d2','note','','a/0',0,'{"text":[null,"a note"]}',NULL,NULL,'235c23d813afa8d18813d6f8856fcb9d4a1c229ea9e43d41ebda3754469e2df4');
CREATE INDEX item_of_kind ON item (kind, state);
CREATE INDEX journal_of_subject ON journal (subject, seq);
CREATE INDEX journal_of_people ON journal (actor, seq) WHERE action NOT IN ('materialise', 'follow');
CREATE INDEX journal_of_notes ON journal (subject) WHERE kind = '';
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_replaced BEFORE INSERT ON journal
            WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
              OR EXISTS (SELECT 1 FROM journal WHERE uid = NEW.uid)
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER item_is_not_deleted BEFORE DELETE ON item
            BEGIN SELECT RAISE(ABORT, 'items are never deleted'); END;
COMMIT;
