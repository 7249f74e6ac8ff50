//! Letters that only need sorting. Answers read `queue | priority | summary`.

use super::{Flaw, Goods, Scenario, Topic, USUAL, flawed};

const SORTING: Scenario = Scenario { name: "triage_email", tools: &[], ..USUAL };

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        goods: Goods::Stove,
        topic: Topic::Warranty,
        tags: &["warranty", "tone"],
        messages: &[
            "Re: Re: Re: my {product}\n\nThis is my fourth letter about the same stove. The first answer was for somebody called Gerald. The second was in Dutch. The third asked how satisfied I am. I am not.",
            "Fwd: Fwd: complaint\n\nPlease see below, and below that, and below that. The {product} is still broken, and so is my patience. {name} {surname}",
        ],
        answers: &[
            "Warranty | high | Repeated contact about the same {product}; earlier answers went to the wrong person. Needs one named colleague until it is closed.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "Marketing | low | Customer takes part in the satisfaction survey.",
            "It read the word *satisfied* and stopped there.",
        )],
        ..SORTING
    },
    Scenario {
        topic: Topic::Payment,
        goods: Goods::Tent,
        tags: &["prod"],
        messages: &[
            "Offer for a school\n\nGood morning, our outdoor school needs 38 times {product} for the spring, delivered to {city}. Do you have prices for such numbers, and can they be in a colour which teenagers don't lose?",
            "Scout group order\n\n24 tents, 24 mats, 1 very tired treasurer. Invoice to the parish please.",
        ],
        answers: &["Business sales | normal | Group order of tents for {city}, asks for volume prices and an invoice."],
        flawed: &[flawed(
            Flaw::Wrong,
            "Returns | normal | Customer wishes to send back 38 tents.",
            "38 tents *back*? They want to buy them.",
        )],
        ..SORTING
    },
    Scenario {
        topic: Topic::Shipping,
        tags: &["shipping"],
        messages: &[
            "Parcel for somebody else\n\nI received a {product} addressed to me that I did not order. It is very nice. What do I do?",
            "Not mine\n\nYour box {tracking} contains a {product} and a birthday card for Oma Trude. I am not Oma Trude.",
        ],
        answers: &[
            "Shipping | high | Parcel {tracking} went to the wrong recipient, probably swapped labels. A second customer is missing theirs: check both.",
        ],
        ..SORTING
    },
    Scenario {
        topic: Topic::Product,
        goods: Goods::Climbing,
        tags: &["prod"],
        messages: &[
            "Question about a recall\n\nI read on a forum that the {product} is being recalled because of a buckle. My serial number is {number}. Am I allowed to climb on Saturday?",
        ],
        answers: &[
            "Safety | urgent | Asks whether the {product} with serial {number} is under a recall and plans to climb on Saturday. Answer today.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "Product advice | normal | General question about buckles.",
            "Anything with *recall* must be Safety and urgent, whatever the forum is worth.",
        )],
        ..SORTING
    },
    Scenario {
        topic: Topic::Product,
        tags: &["tone"],
        messages: &[
            "Thank you\n\nNo question today. Your colleague {agent} at {shop} spent half an hour adjusting my pack and sent me away with the cheaper one. I walked 300 km with it. Please tell them.",
            "Praise, for once\n\nThe {product} outlived two tents, one marriage and a canoe. Just wanted you to know.",
        ],
        answers: &["Shops | low | Praise, no question. Please pass on to the team at {shop} and send a short thank-you."],
        weight: 3,
        ..SORTING
    },
];
