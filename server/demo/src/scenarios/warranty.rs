//! Things that broke.

use super::{Flaw, Goods, Scenario, Tool, Topic, USUAL, flawed};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        goods: Goods::Tent,
        topic: Topic::Warranty,
        tools: &[Tool::LookupOrder, Tool::CheckStock],
        tags: &["warranty", "shipping"],
        messages: &[
            "the middle pole of our {product} cracked in the wind last night, order {order}. We've splinted it with a spoon and some tape. Can a new one be here before {weekday}?",
            "Pole of the {product} gave up on the first windy ridge. It's order {order}, not even a month old. We set off again on {weekday}, is there any way to get a spare by then?",
            "Our {product} ({order}) now has a pole in three pieces, it should have two. The kids think it is great, I do not. What do I have to do to get it replaced?",
        ],
        answers: &[
            "I’m sorry about the pole, and impressed by the repair. Order **{order}** is inside the warranty until {warranty_until}, so the replacement is free.\n\n- I have reserved pole set **{part}** for the {product}.\n- Ordered before 12:00, express reaches {city} on the next working day; later than that, one day more.\n- Please send the broken pole back within 30 days with the label from the parcel. You don’t have to send it first.\n\nIf the parcel is late, the shop at {shop} keeps two sets of {part} behind the counter.",
            "That is a clear warranty case, so nothing to pay. Pole set **{part}** is in stock and leaves today by express. It should be with you on **{arrival}**, or the day after if the van has already gone when this is packed.\n\nKeep the broken pieces until then: you can send them back any time in the next 30 days.",
        ],
        flawed: &[
            flawed(
                Flaw::Wrong,
                "Order {order} is inside the warranty. The new pole leaves this evening by express and **will definitely arrive tomorrow before 9 h**. Please send the broken pole first; we ship as soon as it is here.",
                "Two mistakes: express after noon is not next-day, and spares go out *before* the broken part comes back. See `help/warranty#claim`.",
            ),
            flawed(
                Flaw::Incomplete,
                "Thank you for contacting us about your {product}. Order {order} is inside the warranty. Please send a photo of the damage and we will get back to you.",
                "True but useless: they leave in two days and it does not even say whether the part is in stock.",
            ),
        ],
        weight: 9,
        ..USUAL
    },
    Scenario {
        goods: Goods::Stove,
        topic: Topic::Warranty,
        tags: &["warranty"],
        messages: &[
            "The igniter of my {product} clicks but no spark since about a week. Is this something I can fix or do I send it in?",
            "my {product} clicks and clicks and nothing happens. Matches work. Is that still a warranty thing, order {order}",
        ],
        answers: &[
            "The piezo igniter is covered until {warranty_until}, and it is a two-minute job if you like small screwdrivers:\n\n1. Let the stove cool and **take the cartridge off**.\n2. Undo the single screw under the burner.\n3. Pull the old igniter straight down, push part **{part}** in until it clicks.\n\nI have put {part} in an envelope to {street}, free of charge. If you would rather have us do it, any shop can while you wait.",
            "A stove that lights with a match but not with the igniter almost always needs a new piezo (part {part}). It is covered, free, and on its way to {city}. Until it arrives, a match or lighter is perfectly fine.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "Igniters are wear parts and not covered. You can buy part {part} for 12.90 EUR, or bend the electrode with pliers while the cartridge is attached.",
            "No! Never with the cartridge attached. And igniters *are* covered. This one should go into the safety set.",
        )],
        ..USUAL
    },
    Scenario {
        goods: Goods::Boots,
        topic: Topic::Warranty,
        tools: &[Tool::LookupOrder, Tool::CheckStock],
        tags: &["warranty", "returns"],
        messages: &[
            "After 40 km the sole of the left {product} is coming off at the toe. It now flaps like it wants to tell me something. Order {order}.",
            "Sole separation on my {product}, bought {ordered}. I've worn them maybe six times, never near a campfire. Refund or new pair please.",
        ],
        answers: &[
            "A sole should last a lot longer than 40 km. That is a fault of the glue and a warranty case, so you can choose:\n\n| | New pair | Resole |\n|---|---|---|\n| Cost | free | free |\n| Time | 2–4 working days | 10 working days |\n| Your old pair | comes back with our label | is repaired |\n\nSize {size} is in stock. Just tell me which you prefer and I will do the rest.",
            "I’m sorry, and thanks for the clear description. I have reserved a new pair of {product} in size {size}. As it is a fault and not a return, it does not matter that they are worn. You get the label by e-mail in a few minutes.",
        ],
        flawed: &[flawed(
            Flaw::Cold,
            "Worn footwear is excluded from returns (terms, section 7.2). A warranty claim may be filed with form W-3. Processing takes up to ten working days.",
            "Correct policy, awful reading. Nobody should get a section number as a first sentence.",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        goods: Goods::Tent,
        topic: Topic::Product,
        tools: &[Tool::CheckStock],
        tags: &["prod"],
        messages: &[
            "Which spare pole for a second-hand {product}? No idea about the year, the seller only said 'before the baby'.",
            "I have a {product} from 2019 and lost one pole. The new ones on your site look longer, will they fit?",
        ],
        answers: &[
            "Poles changed in 2021, so the year matters. You find it on the **white label inside the inner tent, beside the door**.\n\n- up to 2020: 8.5 mm pole, part **{part}**\n- from 2021: 9 mm pole, about 2 cm longer, *does not fit* the older sleeves\n\nIf the label is gone, measure the sleeve: under 3.90 m means the older pole.",
            "For a 2019 tent you need part {part} (8.5 mm). The longer pole belongs to the model of 2021 and would over-stretch your sleeve. We have {part} in stock at {shop} as well.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "Great news: all {product} poles are interchangeable, so just order the new one. If it is a bit long, you can shorten it with a kitchen knife!",
            "It invents compatibility. Factuality is right to be low here, although it reads nicely.",
        )],
        ..USUAL
    },
    Scenario {
        goods: Goods::Jacket,
        topic: Topic::Warranty,
        tags: &["warranty"],
        messages: &[
            "zip on the {product} splits open from the bottom every time I sit down. Very elegant on the train. Is that covered?",
            "The main zip of my {product} jacket stuck and then two teeth came off. Order {order}. Do I need the receipt?",
        ],
        answers: &[
            "Yes, zips are covered until {warranty_until}, and the order number is enough: no receipt needed.\n\nWe replace the slider in any shop in about twenty minutes. By post it takes five to ten working days; I can send you a label.",
            "A zip that opens from below needs a new slider, rarely a new zip. Covered either way. If you go past {shop} this week they will change it while you have a coffee. Otherwise answer *label* and you get one by e-mail.",
        ],
        flawed: &[flawed(
            Flaw::Incomplete,
            "Zips are part of our two-year warranty.",
            "And now? No next step at all. The customer will write again.",
        )],
        ..USUAL
    },
    Scenario {
        name: "escalate",
        goods: Goods::Stove,
        topic: Topic::Product,
        tools: &[Tool::FindAgent],
        tags: &["warranty", "tone"],
        messages: &[
            "There is a hissing sound from the {product} even when it is closed and we can smell gas in the van. What now???",
            "Flame came out at the SIDE of the {product} yesterday. My eyebrows will recover, my trust may not. I want to talk to a human.",
            "I think my {product} leaks. Should I just use it up quickly?",
        ],
        answers: &[
            "Please do this first, in this order:\n\n1. **Do not light anything** and switch no electrics on.\n2. Close the valve, carry stove and cartridge outside, at least five metres away.\n3. Open everything and stay out until the smell is gone.\n\nI’m connecting you with {agent} from our safety team now, who will call you within ten minutes. Please don’t use the stove again, even if it seems fine.",
            "Please don’t use it again, not even to empty it. Close the valve, take it outside, away from anything that burns, and leave it there. {agent} from our safety team has your conversation and will call within ten minutes. If anybody feels dizzy or has a headache, call emergency services before you talk to us.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "That can happen with new stoves. Tighten the cartridge firmly and test for leaks with a lighter. If the problem continues, our warranty team is happy to help on working days between 9 and 17 h.",
            "@Priya please look today. *Testing for leaks with a lighter* must never leave this system. The guard should have stopped it.",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        goods: Goods::Pack,
        topic: Topic::Warranty,
        tags: &["warranty"],
        messages: &[
            "A marmot ate the hip belt of my {product}. I know how this sounds. Is marmot covered?",
            "Our dog loved the {product} a bit too much, one strap is gone. Could I buy only the strap?",
        ],
        answers: &[
            "We believe you, it is the salt. Teeth of any kind are sadly not covered, but you don’t need a new pack: the hip belt is part **{part}**, costs 24.90 EUR and goes on without tools. I can add it to your account now.\n\nA hint for next time: hang the pack up with the belt *inside*.",
            "Animals are the one thing our warranty leaves out. The good news is that {part} is a spare part for 24.90 EUR, in stock, and fits with two buckles.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "Oh no! Of course we will replace your whole {product} free of charge, animals are fully covered by our warranty.",
            "Lovely answer, costs us a pack. Teeth are explicitly *not* covered (`help/warranty#covered`).",
        )],
        ..USUAL
    },
];
