//! German.

use super::{Flaw, Goods, Language, Scenario, Tool, Topic, USUAL, flawed};

const GERMAN: Scenario = Scenario { language: Language::German, ..USUAL };

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        goods: Goods::Stove,
        topic: Topic::Warranty,
        tools: &[Tool::LookupOrder],
        tags: &["warranty"],
        messages: &[
            "wo steht beim {product} die Seriennummer? Ich habe ihn schon dreimal umgedreht, einmal leider mit Topf.",
            "für die Garantie will Ihr Formular eine Seriennummer vom {product}. Auf der Rechnung ist keine.",
        ],
        answers: &[
            "Die Seriennummer ist **unten am Brennkopf** eingraviert, direkt unter dem Ventil: fünf Ziffern. Am besten mit einer Taschenlampe schräg anleuchten.\n\nFalls sie nicht mehr lesbar ist, genügt die Bestellnummer {order}. Die Garantie gilt bis {warranty_until}.",
            "Sie brauchen sie gar nicht: Mit der Bestellung {order} ist Ihr Kocher schon zugeordnet. Lassen Sie das Feld im Formular einfach leer.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "Die Seriennummer finden Sie auf dem Boden der Gaskartusche.",
            "The number on the cartridge belongs to the cartridge. Wrong part.",
        )],
        ..GERMAN
    },
    Scenario {
        name: "track_parcel",
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder, Tool::TrackShipment],
        tags: &["shipping"],
        messages: &[
            "laut Sendungsverfolgung liegt mein Paket seit {yesterday} bei «Nachbar Müller». Hier heißt niemand Müller. {order}",
            "Bestellung {order} sollte {yesterday} kommen. Ich war den ganzen Tag da und habe extra nicht gesaugt.",
        ],
        answers: &[
            "Das tut mir leid. {carrier} hat das Paket um {hour}:{minute} Uhr bei **Hausnummer {neighbour}** abgegeben; der Name ist offenbar falsch erfasst. Fragen Sie dort bitte kurz nach.\n\nIst es nicht da, starte ich am {arrival} eine Nachforschung. Sie dauert höchstens acht Werktage.",
            "Der Fahrer hat die Tour gestern abgebrochen. Neuer Termin ist **{arrival}**, zwischen {hour} und {later} Uhr. Saugen können Sie also noch.",
        ],
        flawed: &[flawed(Flaw::Cold, "Das Paket gilt als zugestellt.", "True to the tracking, and that is all one can say for it.")],
        weight: 5,
        ..GERMAN
    },
    Scenario {
        goods: Goods::Boots,
        topic: Topic::Sizing,
        tools: &[Tool::CheckStock],
        tags: &["sizing"],
        messages: &[
            "fallen die {product} eher klein aus? Sonst Größe {size}, breiter Spann.",
            "{product}: Größe {size} drückt vorn, {bigger} rutscht hinten. Gibt es {size},5?",
        ],
        answers: &[
            "Bei breitem Spann empfehle ich **{bigger}** mit einer dünnen Einlegesohle. Die Ferse ist schmal geschnitten, vorn ist mehr Platz. Probieren Sie sie abends und mit den Socken, die Sie tragen werden; in der Wohnung dürfen Sie 60 Tage lang testen.",
            "Halbe Größen gibt es leider nicht. Wenn {bigger} hinten rutscht, hilft die Fersenschnürung: durch die letzte Öse eine Schlaufe legen und über Kreuz ziehen.",
        ],
        ..GERMAN
    },
    Scenario {
        name: "refund_flow",
        topic: Topic::Payment,
        tools: &[Tool::LookupOrder, Tool::CheckPayment],
        tags: &["billing"],
        messages: &[
            "{total} wurden doppelt abgebucht, Bestellung {order}. Ich hätte gern nur einmal bezahlt.",
            "warum steht {order} zweimal auf meiner Kreditkarte?",
        ],
        answers: &[
            "Gebucht wurde nur **einmal**. Der zweite Betrag ist eine Reservierung aus dem ersten, abgebrochenen Versuch. Sie verfällt innerhalb von drei bis sieben Tagen von selbst.\n\nSteht sie am {soon} noch da, schreiben Sie mir kurz.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "Entschuldigen Sie bitte! Ich habe {total} sofort zurücküberwiesen und lege 10 € Gutschein dazu.",
            "Nothing was booked twice and there is no refund in the trace.",
        )],
        ..GERMAN
    },
    Scenario {
        name: "chat_turn",
        goods: Goods::Tent,
        topic: Topic::Product,
        tools: &[],
        tags: &["prod"],
        earlier: &[
            "passt in das {product} eine 140er Matratze?",
            "Die Liegefläche ist 150 cm breit, eine 140er Matratze passt also knapp hinein.",
        ],
        messages: &["und noch ein Hund?", "und die Schwiegermutter?"],
        answers: &[
            "Nur, wenn jemand im Vorzelt schläft. Wer, überlasse ich Ihnen.",
            "Mit Matratze nicht mehr. Ohne Matratze ginge es zu dritt, dann wird es gemütlich.",
        ],
        weight: 3,
        ..GERMAN
    },
];
