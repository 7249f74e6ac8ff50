//! Rare messages that an interface must survive: long texts, tables, markup, other scripts.

use super::{Flaw, Goods, Scenario, Tool, Topic, USUAL, flawed};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        topic: Topic::Payment,
        tools: &[],
        tags: &["billing", "prod"],
        messages: &[
            "your checkout shows me this instead of a button:\n\n<div class=\"price\"><b>{price}</b><script>alert('undefined')</script></div>\n\nis that the price",
            "I can't pay. The page prints `TypeError: Cannot read properties of undefined (reading 'basket')` and under it the word <button>. Pretty sure that should be one.",
        ],
        answers: &[
            "That is the button’s inside, and you were not meant to see it. The price is right: **{price}**. Until our developers have fixed it, this helps:\n\n```text\n1. Empty the browser's cache for fernway.example\n2. Switch off \"translate this page\"\n3. Open the basket again: /basket?fresh=1\n```\n\nIf you still see `<div class=\"price\">`, tell me the browser and its version.",
        ],
        weight: 2,
        ..USUAL
    },
    Scenario {
        goods: Goods::Tent,
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder, Tool::TrackShipment],
        tags: &["shipping"],
        messages: &[
            "שלום, מתי תגיע ההזמנה {order}? אני יוצא לטיול ביום ראשון ואין לי עדיין אוהל 🏕️",
            "مرحبا، أين طلبي رقم {order}؟ الرحلة يوم الجمعة والخيمة لم تصل بعد 😅",
        ],
        answers: &[
            "Your order **{order}** is with {carrier} ({tracking}) and is planned for **{arrival}**. I can answer in English, German, French and Spanish; if another language is easier, say so and a colleague will take over.\n\nהזמנה {order} – {arrival} · طلب {order} – {arrival}",
        ],
        flawed: &[flawed(
            Flaw::Cold,
            "Sorry, this language is not supported.",
            "The order number is in plain digits. It could have looked it up all the same.",
        )],
        weight: 2,
        ..USUAL
    },
    Scenario {
        topic: Topic::Returns,
        tools: &[Tool::LookupOrder],
        tags: &["returns", "tone"],
        messages: &["😡😡😡 {product} 😡😡😡 {order} 📦➡️🗑️", "🥾💔"],
        answers: &[
            "I read: not happy with the {product}. I’m sorry! Tell me in a few words what is wrong (too small, broken, not as expected) and I’ll send a label or a new one, whichever you like better.",
        ],
        weight: 2,
        ..USUAL
    },
    Scenario {
        goods: Goods::Tent,
        topic: Topic::Product,
        tools: &[Tool::CheckStock],
        tags: &["prod"],
        messages: &[
            "We walk the whole Fell trail in May: 9 days, two adults, one child of 8, own tent. I have a {product} and otherwise nothing. Could you write me a complete packing list with weights, and say what I can leave at home? I'd rather read a long answer than forget the matches.",
            "Nine days, three people, one {product}. Please write down everything we need. Everything. My brother-in-law is organising otherwise.",
        ],
        answers: &[LONG],
        flawed: &[flawed(
            Flaw::Incomplete,
            "For nine days you’ll need a tent, sleeping bags, mats, a stove, warm clothes and food. Check the weather first!",
            "They asked for a complete list and get one sentence.",
        )],
        weight: 5,
        ..USUAL
    },
];

const LONG: &str = include_str!("packing_list.md");
