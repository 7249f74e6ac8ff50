//! Returns, exchanges and fit.

use super::{Flaw, Goods, Scenario, Tool, Topic, USUAL, flawed};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "refund_flow",
        topic: Topic::Returns,
        tools: &[Tool::LookupOrder, Tool::CheckPayment],
        tags: &["returns", "billing"],
        messages: &[
            "Return {return} reached you on {delivered} according to {carrier}. My account has not noticed.",
            "still waiting for the money for {return}. I could have hemmed a tent by now",
            "It is now the third week. {return}, {total}. Please.",
        ],
        answers: &[
            "Your return **{return}** arrived on {delivered} and was checked the day after. The refund of {total} was issued then; your bank needs two to five working days to show it.\n\nIf nothing is there on **{soon}**, answer here and I’ll ask the payment provider for the reference number.",
            "I’m sorry you had to write. {return} was lying in the wrong cage: found, checked, refunded. {total} is on its way to the card ending in 4417.",
        ],
        flawed: &[
            flawed(
                Flaw::Incomplete,
                "Refunds take three working days after the return reaches the warehouse.",
                "General knowledge. They gave the number, it should have looked at *this* return.",
            ),
            flawed(
                Flaw::Wrong,
                "Return {return} has not reached us yet. Please contact {carrier}.",
                "`lookup_order` says received on {delivered}.",
            ),
        ],
        weight: 6,
        ..USUAL
    },
    Scenario {
        goods: Goods::Boots,
        topic: Topic::Sizing,
        tools: &[Tool::CheckStock],
        tags: &["sizing"],
        messages: &[
            "{product}: I'm exactly between {size} and {bigger}. Which one, if I like my toenails?",
            "do the {product} come up small? {size} in everything else, wide feet, thick socks",
            "Left foot {size}, right foot {bigger}. Do you sell them one by one? Asking seriously.",
        ],
        answers: &[
            "Take **{bigger}**. Between two sizes the larger one is nearly always right for walking, because feet grow during the day and toes need room downhill.\n\n- Try them *in the evening*, in the socks you’ll wear.\n- Walk down some stairs: toes must not touch.\n- If the heel lifts, an insole solves it; a short boot can’t be made longer.\n\nIndoors you can test for 60 days and still send them back.",
            "The {product} has a narrow heel and a wide toe box, so with thick socks and wide feet I’d go for {bigger}. It is the size most people keep.",
            "I believe you, feet are rarely a pair. We don’t sell single boots, but {bigger} with one thin insole on the left works for most people, and you can test it indoors for 60 days.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "The {product} stretches by a full size, so take {size} or even smaller. Tight boots prevent blisters.",
            "Oh dear. The opposite of `help/sizing#boots`.",
        )],
        weight: 7,
        ..USUAL
    },
    Scenario {
        topic: Topic::Returns,
        goods: Goods::Jacket,
        tools: &[Tool::LookupOrder, Tool::CheckStock, Tool::CreateReturn],
        tags: &["returns", "sizing"],
        messages: &[
            "The {product} is great, I am just not an M. Can I swap it for an L? {order}",
            "Please exchange {order}, sleeves end where my hands want to begin. Tall version?",
        ],
        answers: &[
            "Of course. I have reserved the {product} in **L** and sent you a label. The new one leaves as soon as {carrier} scans your parcel, so you don’t have to wait until it arrives here. No cost for you.",
            "There is a *Tall* cut from M to XXL with sleeves 4 cm longer. I’ve put an L Tall aside and e-mailed you the label; the exchange is free until 60 days after {delivered}.",
        ],
        flawed: &[flawed(
            Flaw::Incomplete,
            "You can exchange goods within 60 days. Would you like to know more?",
            "They clearly would. Reserve the size, send the label.",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        goods: Goods::Pack,
        topic: Topic::Sizing,
        tools: &[],
        tags: &["sizing"],
        messages: &[
            "My back is 47 cm. Which size in the {product}? And from where to where do you measure, my partner says I did it like a giraffe",
            "How do I set the back length of the {product}? The video on the page is a cooking show now.",
        ],
        answers: &[
            "From the bone that sticks out at the bottom of your neck to the top of the hip bone. With 47 cm you’re an **M** (44 to 50 cm), and the yoke can be moved by 8 cm, so there is room in both directions. Giraffes start at L.",
            "Like this:\n\n1. Loosen the two straps behind the shoulder pads.\n2. Slide the yoke to your size until it clicks.\n3. Load it with something heavy, close the hip belt **first**, then the shoulders.\n\nAnd thanks for the hint about the video. I’ve reported it, although the recipe is not bad.",
        ],
        ..USUAL
    },
    Scenario {
        topic: Topic::Returns,
        goods: Goods::Tent,
        tools: &[Tool::LookupOrder],
        tags: &["returns"],
        messages: &[
            "We pitched the {product} once in the garden and it is a palace, too big. It has one (1) bit of grass on it. Can it go back?",
            "Is 'set up in the living room for one night by the children' used or unused? Asking about {order}.",
        ],
        answers: &[
            "Grass and children both count as *looking at it*. Shake it out, let it dry completely, and send it back until 60 days after {delivered}. I’ve e-mailed the label.",
            "That’s fine. A tent that has been pitched once and is clean and dry is unused for us. Please put the pegs back too, they like to stay in gardens.",
        ],
        flawed: &[flawed(
            Flaw::Cold,
            "Used goods are excluded from returns.",
            "Too strict *and* unfriendly; pitched once in a garden is fine.",
        )],
        ..USUAL
    },
    Scenario {
        goods: Goods::Climbing,
        topic: Topic::Sizing,
        tools: &[Tool::CheckStock],
        tags: &["sizing", "prod"],
        messages: &[
            "My son is 6, 22 kg, fearless. {product} or a full-body harness?",
            "What size {product} for someone with a 79 cm waist and cyclist's legs?",
        ],
        answers: &[
            "For children **under 40 kg we recommend a full-body harness**: with little hip, they can turn upside down and slip out of a sit harness. Fearless ones in particular. The Crux Kids Full Body is in stock in {city}.",
            "An M: 76 to 86 cm waist, and the leg loops open wide enough for cyclists. It fits when two flat fingers go under the waist belt and the leg loops leave no mark.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "At 22 kg a normal sit harness such as the {product} is perfectly safe. Just tighten it well.",
            "Safety. Under 40 kg means full body.",
        )],
        ..USUAL
    },
    Scenario {
        topic: Topic::Returns,
        tools: &[Tool::CreateReturn],
        tags: &["returns"],
        messages: &[
            "The return label for {return} doesn't print, only the top half. The cat approves, the printer does not.",
            "no label in the parcel of {order}",
        ],
        answers: &[
            "You don’t need a printer: I’ve sent a **QR code** instead. Show it at any {carrier} counter and they print the label there.",
            "Sorry about that. A new label for {return} is on its way by e-mail, and as a QR code in your account under *Returns*.",
        ],
        weight: 3,
        ..USUAL
    },
];
