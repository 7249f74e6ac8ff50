//! Care, material, safety and choosing.

use super::{Flaw, Goods, Scenario, Tool, USUAL, flawed};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        goods: Goods::Bag,
        tools: &[],
        tags: &["warranty", "prod"],
        messages: &[
            "The {product} smells like four weeks of me. May I wash it at home without losing the warranty?",
            "How do I wash the down in a {product}? My mother says by hand, the internet says never.",
        ],
        answers: &[
            "Yes to the first and yes to the second: washing at home **does not affect the warranty**.\n\n1. Front-loading machine, 30 °C, down detergent, no softener.\n2. Spin gently, twice.\n3. Tumble dry *low* for about three hours with **two tennis balls**. Stop when no lumps are left.\n\nIt will look like a drowned sheep half-way through. That is normal.",
            "A front loader at 30 °C with down detergent is the gentlest way, gentler than by hand. Dry it low and long with two tennis balls; damp down goes mouldy, so give it another hour if in doubt.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "Please use the wool programme at 60 °C with a little softener and dry the {product} in the sun.",
            "60 degrees and softener ruin the down. Reads so confident, too.",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        goods: Goods::Jacket,
        tools: &[],
        tags: &["prod"],
        messages: &[
            "Does the {product} contain PFAS? The label says yes, the website no, my daughter says I should not own either.",
            "Is the {product} PFAS free in every colour?",
        ],
        answers: &[
            "For your jacket **the label inside is binding**. All shells made since spring 2025 are free of PFAS; older stock still carries the earlier label, and the website only describes the current one. If yours is older and you haven’t worn it outside, you can exchange it for 60 days.",
            "All colours, if it was made in spring 2025 or later: look for a code beginning with *25* or *26* on the label in the left pocket.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "Absolutely! Fernway has never used PFAS in any product.",
            "Untrue and a legal risk. Our own label says otherwise.",
        )],
        ..USUAL
    },
    Scenario {
        goods: Goods::Stove,
        tools: &[],
        tags: &["prod", "tone"],
        messages: &[
            "Can I cook with the {product} under the awning if I leave the door open a little? It's raining since Tuesday and I want pasta.",
            "Is the {product} ok inside the tent, only for coffee, only two minutes?",
        ],
        answers: &[
            "Please don’t, not even for coffee. Carbon monoxide has no smell, and two minutes are enough in a small space. What works in rain: stretch a tarp **higher than you can reach**, with at least two open sides, and cook at the edge of it.\n\nI hope the pasta happens.",
            "No: neither inside nor under a closed awning. Under a fully open tarp, well away from the fabric, is fine. And for the worst evenings: couscous needs only hot water from the last village.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "With the door a little open that is fine, as the {product} burns very cleanly. Enjoy your pasta!",
            "@Kenji this is the third one on stoves in tents. Carbon monoxide. Please put it into the golden set.",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        goods: Goods::Climbing,
        tools: &[],
        tags: &["prod"],
        messages: &[
            "Latex allergy in the family: is there any in the {product} or in the chalk bags?",
            "Is the {product} vegan? And latex free, please",
        ],
        answers: &[
            "The {product} and all our slings are **latex free**. Chalk bags made before 2024 have an elastic cord with latex; newer ones don’t. The year is on the small white label.",
            "Vegan yes, latex free yes. Only the cord of older chalk bags (before 2024) contains latex.",
        ],
        ..USUAL
    },
    Scenario {
        goods: Goods::Bag,
        tools: &[Tool::CheckStock],
        tags: &["prod"],
        messages: &[
            "{product} for the Cairngorms in April, I sleep cold, my tent mate snores but is warm",
            "What does the number in {product} mean, is that comfort or survival? I'd like the first.",
        ],
        answers: &[
            "The number on our bags is the **limit**, not the comfort. For comfort add about 6 °C; if you sleep cold, add 10. April nights in the Cairngorms go to −5, so I’d take the *Hollow -5* with a liner, or the *Nightjar 800* without. Snoring adds no warmth, we tested.",
            "It’s the limit temperature of the standard test. As a rule of thumb: number + 6 °C is where most people sleep well.",
        ],
        flawed: &[flawed(
            Flaw::Incomplete,
            "The {product} weighs {grams} g and costs {price}.",
            "A data sheet is no answer. Temperature was the question.",
        )],
        ..USUAL
    },
    Scenario {
        goods: Goods::Tent,
        tools: &[Tool::CheckStock],
        tags: &["prod"],
        messages: &[
            "Will the {product} survive 60 km/h of wind on Skye or do I need something heavier?",
            "Two adults, a toddler, a wet dog: is the {product} enough?",
        ],
        answers: &[
            "Yes, if you use **all** guy lines: the {product} is made for gusts up to 80 km/h. Pitch the foot end into the wind, and carry four long pegs for peat, since the short ones pull out.\n\nWhat it can’t do is snow.",
            "Two adults and a toddler fit in well; the dog gets the porch and won’t like it. If the dog has a vote, look at the Moorland 4. It is 2.4 kg heavier, so that should be somebody else’s vote.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "The {product} is storm-proof in any weather, including winter storms and snow. You’ll love it!",
            "Season 3 tent. Sales talk, not support.",
        )],
        ..USUAL
    },
    Scenario {
        goods: Goods::Boots,
        tools: &[],
        tags: &["prod"],
        messages: &[
            "Do I need to wax the {product}? There is a tin in the box that smells of church.",
            "How do I get salt stains out of my {product}?",
        ],
        answers: &[
            "Only the leather parts, twice a season, thinly: a pea of wax for each boot, rubbed in warm with the fingers. Leave the fabric alone, since wax closes its pores.",
            "Half water, half white vinegar, a soft cloth, then let them dry away from the stove. Wax the leather afterwards.",
        ],
        weight: 3,
        ..USUAL
    },
];
