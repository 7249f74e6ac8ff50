//! What happened today: nobody has settled it yet.

use serde_json::json;

use super::{Story, answered, assistant, called, comment, photo, should_change, sorted, user};
use crate::acts::DemoDeed;
use crate::picture;

pub(super) fn stories() -> Vec<Story> {
    vec![pole(), sleeve(), neighbour()]
}

/// Tools, a photo, a promise about a day, and two reviewers who read it differently.
fn pole() -> Story {
    let message = "Hi, the main pole of our Fell 3 snapped on the second night, on the coast path with two kids. I taped it, but it won’t survive more wind. Order FW-20418, bought in May.\n\nI’m home on Thursday and leave again on Friday at noon. **Can you get me a new pole before then, and do I have to send the broken one back first?**";
    Story {
        key: "pole",
        name: "answer_ticket",
        minutes_ago: 58,
        locale: "en-GB",
        user: "c_20418",
        model: "gpt-4o",
        tags: &["Triage", "warranty", "shipping"],
        turns: vec![photo(message, &picture::snapped_pole())],
        calls: vec![
            called(
                "lookup_order",
                128,
                json!({"order": "FW-20418"}),
                json!({"order": "FW-20418", "lines": [{"item": "Fell 3", "quantity": 1, "price": 389.0}], "delivered": "May", "warranty": "inside"}),
            ),
            called(
                "check_stock",
                96,
                json!({"part": "4410-B"}),
                json!({"part": "4410-B", "warehouse": 12, "shops": {"Westhaven station": 2, "Mill Lane": 0}}),
            ),
            called(
                "quote_delivery",
                210,
                json!({"part": "4410-B", "service": "express", "posted": "12:40"}),
                json!({"service": "express", "posted": "12:40", "arrives": "the working day after next", "cutoff": "12:00"}),
            ),
        ],
        answer: "I’m sorry about the pole, and glad that the tape is holding. Order **FW-20418** is inside the two-year warranty, so the replacement is free.\n\n1. I have reserved pole set **4410-B** for the Fell 3. It leaves our warehouse today by express.\n2. It should reach you on Thursday between 9 and 13 h. You get a link to follow the parcel this afternoon.\n3. Please send the broken pole back within 30 days with the label in the parcel. You don’t need to send it first.\n\nIf Thursday slips, the shop at Westhaven station keeps two sets of 4410-B; show this conversation at the counter.",
        scores: vec![
            (
                "Factuality",
                0.62,
                "Warranty, part and shop are right. The day is not: `quote_delivery` says that an express parcel posted after 12:00 needs one working day more.",
            ),
            ("Helpfulness", 0.93, "Both questions are answered, with a way out if the parcel is late."),
        ],
        told: vec![
            (9, 0, DemoDeed::Feedback { user: "c_20418".to_owned(), up: true, comment: Some("Brilliant. Kettle is on.") }),
            (14, 1, answered("Preference", 0.94)),
            (14, 1, answered("Resolution", 0.8)),
            (15, 1, sorted(&["Warranty", "Delivery"])),
            (23, 2, answered("Preference", 0.58)),
            (23, 2, answered("Resolution", 0.4)),
            (24, 2, sorted(&["Warranty"])),
            (
                25,
                2,
                should_change(
                    "Parcels posted after noon do not arrive on the next day. Read `arrives` from the quote, do not work it out.",
                ),
            ),
            (26, 2, comment("@Kenji the quote says *the working day after next*. That is Friday, and they leave on Friday at noon.")),
            (
                33,
                1,
                comment(
                    "Right, I read over it. The shop at the station saves the day, though:\n\n> If Thursday slips, the shop at Westhaven station keeps two sets\n\n@Mara which one counts?",
                ),
            ),
            (
                41,
                0,
                DemoDeed::Flag {
                    note: "Two of us are far apart: 94 % and 58 %. A third opinion, please, and then we settle it.".to_owned(),
                    assignee: None,
                },
            ),
        ],
        asks_for_review: false,
    }
}

/// A photo that says something else than the answer.
fn sleeve() -> Story {
    Story {
        key: "sleeve",
        name: "chat_turn",
        minutes_ago: 34,
        locale: "en-GB",
        user: "c_31877",
        model: "gpt-4o",
        tags: &["warranty"],
        turns: vec![
            user("Do you repair jackets?"),
            assistant("We do, in every shop and by post. What happened to yours?"),
            photo("The sleeve of my Tarn, see the photo. Brambles, I think. Is that the warranty?", &picture::torn_sleeve()),
        ],
        calls: Vec::new(),
        answer: "That looks like a seam that gave way at the elbow, and seams are covered for two years. Send the jacket in with your order number and we repair it **free of charge** within ten working days.",
        scores: vec![
            (
                "Factuality",
                0.41,
                "The photo shows a tear in the fabric and the customer names brambles. Cuts are not covered; a repair costs from 15 EUR.",
            ),
            ("Helpfulness", 0.78, "The next step is clear."),
        ],
        told: vec![
            (6, 2, answered("Preference", 0.35)),
            (6, 2, answered("Resolution", 0.0)),
            (7, 2, should_change("Look at the photo before naming the cause: a seam is a straight line, and this tear is not.")),
            (
                8,
                2,
                comment(
                    "It believed what is usual instead of what it was shown. @Mara does it get the photo at all, or only its file name?",
                ),
            ),
        ],
        asks_for_review: true,
    }
}

/// Hebrew, from right to left, with names and numbers that run the other way.
fn neighbour() -> Story {
    Story {
        key: "neighbour",
        name: "track_parcel",
        minutes_ago: 190,
        locale: "he-IL",
        user: "c_44102",
        model: "claude-sonnet-4",
        tags: &["shipping"],
        turns: vec![
            user("שלום, הזמנתי אוהל Skerry 1 (הזמנה FW-20733). במעקב כתוב שהחבילה נמסרה, אבל אין כאן כלום."),
            assistant("שלום רותם, אני בודק את זה עכשיו. רגע אחד."),
            user("תודה. אני יוצא לטיול ביום ראשון, ובלי אוהל זה יהיה טיול קצר 🏕️"),
        ],
        calls: vec![called(
            "track_shipment",
            430,
            json!({"carrier": "Parcelway", "tracking": "PW300418733"}),
            json!({"tracking": "PW300418733", "events": [{"text": "Sorting centre"}, {"text": "11:42 left with neighbour, no. 14"}]}),
        )],
        answer: "החבילה נמסרה אתמול בשעה 11:42 לשכן בדירה 14 – כך רשם השליח של Parcelway.\n\n1. כדאי לשאול קודם אצל השכן.\n2. אם היא לא שם, כתוב לי עוד היום ונפתח חיפוש (מספר מעקב **PW300418733**).\n3. בינתיים שמרתי לך אוהל Skerry 1 בסניף Westhaven station.\n\nכך יהיה לך אוהל ביום ראשון, והטיול לא יהיה קצר.",
        scores: vec![
            (
                "Factuality",
                0.74,
                "Time and neighbour are those of the tracking. No tool reserved a tent, and the answer says that one is reserved.",
            ),
            ("Helpfulness", 0.96, "The customer knows what to do today, and what happens if it does not help."),
        ],
        told: vec![
            (22, 1, answered("Preference", 0.9)),
            (22, 1, answered("Tone", 1.0)),
            (
                24,
                1,
                comment(
                    "My sister read it: correct and friendly, and the joke at the end answers his. But nobody *reserved* a tent, did they? @Priya",
                ),
            ),
            (51, 2, comment("No. `reserve_item` exists, and it was not called.")),
            (52, 2, answered("Preference", 0.72)),
            (
                70,
                0,
                DemoDeed::Feedback {
                    user: "c_44102".to_owned(), up: true, comment: Some("השכן ידע על מה מדובר. תודה!")
                },
            ),
        ],
        asks_for_review: false,
    }
}
