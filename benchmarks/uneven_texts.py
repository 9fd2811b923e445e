"""Made-up accounts and everyday texts for `benchmarks.engine_uneven`."""

import random

_PARODY = (
    "THIS IS YOUR MAYOR SPEAKING. THE FOUNTAIN IS ON AGAIN",
    "THIS IS YOUR MAYOR SPEAKING. THE FOUNTAIN IS OFF AGAIN",
    "THIS IS YOUR MAYOR SPEAKING. THE FOUNTAIN WAS NEVER OFF",
    "BREAKING: MAYOR WINS ARGUMENT WITH PIGEON",
    "BREAKING: MAYOR LOSES ARGUMENT WITH PIGEON",
    "I DID NOT EAT THE RIBBON. I CUT IT. WITH MY TEETH",
    "FREE PARKING FOR EVERYONE WHO IS ME",
    "MY STATUE WILL BE BIGGER THAN YOUR STATUE",
    "BREAKING: TOWN HALL CLOSED DUE TO NAP",
    "VOTE FOR ME OR VOTE FOR ME. DEMOCRACY IS ABOUT CHOICE",
    "THE BRIDGE IS FINISHED. DO NOT WALK ON THE BRIDGE",
)
_CITIES = ("Bergen", "Lisbon", "Leeds", "Toronto", "Turin", "Denver", "Cork", "Porto")
_SKIES = ("Sunny", "Cloudy", "Overcast", "Drizzle", "Rain", "Snow", "Fog", "Thunder")
_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_WHO = (
    "Council",
    "Harbour board",
    "Local school",
    "Police",
    "Farmers",
    "Hospital",
    "Rail union",
    "Museum",
    "Supermarket chain",
    "Judge",
    "Residents",
    "Fire service",
    "Mayor of Eastmoor",
    "Bus company",
    "Water firm",
    "Striking teachers",
)
_DID = (
    "approves",
    "rejects",
    "delays",
    "warns of",
    "calls for",
    "defends",
    "investigates",
    "apologises for",
    "votes on",
    "plans",
    "ends",
    "reopens row over",
)
_WHAT = (
    "new cycle lanes",
    "higher parking fees",
    "cuts to night buses",
    "plan for 400 homes",
    "flood wall",
    "closure of library",
    "longer opening hours",
    "lead in drinking water",
    "late pay rise",
    "missing funds",
    "festival noise limits",
    "stray cattle on A road",
    "rent freeze",
    "cancelled operations",
    "river clean-up",
)


def parody() -> list[str]:
    """Eleven different texts in capitals; most of them are tweeted again and again."""
    repeated = [text for text in _PARODY for _ in range(3)]
    random.Random(11).shuffle(repeated)
    return repeated


def weather_bot(posts: int = 400) -> list[str]:
    """Return posts of one template with other numbers and a few other words."""
    draw = random.Random(12)
    return [
        f"{draw.choice(_CITIES)}: {draw.choice(_SKIES)}, {draw.randint(-9, 31)}°C, "
        f"wind {draw.choice(_WINDS)} {draw.randint(1, 60)} km/h, as measured at "
        f"{draw.randint(0, 23):02}:00"
        for _ in range(posts)
    ]


def newspaper(posts: int = 500) -> list[str]:
    """Return headlines, each with a link."""
    draw = random.Random(13)
    return [
        f"{draw.choice(_WHO)} {draw.choice(_DID)} {draw.choice(_WHAT)} "
        f"https://t.co/{draw.randrange(16**8):08x}"
        for _ in range(posts)
    ]


EVERYDAY = """\
Lunch was great today
so tired
Happy birthday!
Good morning everyone
I need a coffee
What a beautiful day
Can't sleep again
Just got home from work
Finally Friday
Happy new year to all of you
Thank you so much!
See you tomorrow
Running late again
I love this song
My phone is dead
Watching a movie with the kids
It is raining again
Does anybody have a spare charger?
Best pizza in town
I am so proud of my daughter
On my way to the gym
Back to work after the holidays
What are you all having for dinner?
This queue is endless
I miss summer
Had a lovely weekend with friends
Not feeling well today
The train is late, as usual
Cannot wait for the weekend
Congratulations to the team!
Good night
I should go to bed
Made soup for dinner and it was good
My cat is asleep on the keyboard
Who else is watching the game tonight?
That was a long day
New shoes, sore feet
I forgot my umbrella
Thanks for all the kind words
Three more days to go
Sunday afternoon in the garden
It is too hot to think
The coffee machine at work is broken
Went for a walk by the river this morning
First day at the new job today
I can't believe it's already November
Reading a really good book right now
Anyone else stuck in traffic?
We are going to the beach tomorrow
My neighbours are so loud
Cake for breakfast, no regrets
I have nothing to wear
Great meeting today
Let me know what you think
Dinner with my parents tonight
The dog ate my homework
I could sleep for a week
Movie night!
We won!
Finally done with the exams
Is it just me or is it cold in here?
Fresh bread from the bakery, nothing better
Just finished a five mile run
My back hurts
Looking forward to seeing everyone
So happy for you both
Home sweet home
That made my day
Doctor's appointment in the morning
I need a holiday
The kids are finally asleep
Trying a new recipe tonight
Weekend plans: absolutely nothing
Monday again
Thinking of you all today
Where did the time go?
I am never drinking again
Snow day!
Just voted
Honestly the best day of the year
Got my hair cut today
Please be careful on the roads tonight
Laundry, dishes, repeat
My sister is getting married
What should I watch next?
The sunset tonight was amazing
We are out of milk
Happy anniversary to my lovely wife
I think I left the oven on
Such a good concert last night
Early start tomorrow
Traffic is terrible this morning
Merry Christmas everyone
I passed my driving test!
Sitting in the sun with a book
This week has been a lot
Tea first, then everything else
Bring back the old version please
My favourite time of the year
Let's do this"""

QUESTIONS = """\
Does anyone know a good plumber?
What time does the match start?
Why is it so cold in May?
Has anybody seen my keys?
Is there anything better than fresh bread?
Who wants to come along on Saturday?
Where can I buy stamps on a Sunday?
How do you get coffee out of a white shirt?
Am I the only one still awake?
Can someone please explain the ending of that film?
What is your favourite song right now?
Are you watching this?
Did I miss anything while I was away?
How was your weekend?
When did everything get so expensive?
Should I get a dog or a cat?
What is the best way to cook rice?
Why do I always wake up at four?
Does this jacket go with these shoes?
Anyone free for lunch tomorrow?
Is the library open today?
Who left the window open?
How long does it take to learn the piano?
Remember when summers lasted forever?
Would you rather be early or late?
What did you do today?
Can we talk about how good that goal was?
Have you ever been to Norway?
Why is nobody answering the phone?
Do I need a visa for that?
What are the odds of that happening twice?
Which one should I choose?
Is it too early for ice cream?"""

SHOUTED = """\
BREAKING: MINISTER RESIGNS AFTER REPORT
COUNCIL APPROVES NEW HOSPITAL
STORM CLOSES SCHOOLS ACROSS THE NORTH
TEAM WINS CUP FOR THE FIRST TIME
BREAKING: POWER CUT IN THREE CITIES
PRICES RISE FOR THE FIFTH MONTH
POLICE ARREST TWO AFTER CHASE
SCIENTISTS FIND WATER ON DISTANT MOON
TRAIN STRIKE ENDS AFTER TALKS
BREAKING: COURT OVERTURNS BAN
DOG RESCUES FAMILY FROM FIRE
PARLIAMENT VOTES ON BUDGET TODAY
BANK CUTS RATES AGAIN
ACTOR DIES AGED NINETY
FACTORY TO CLOSE NEXT YEAR
WORLD RECORD BROKEN IN BERLIN
FLOOD WARNING FOR THE COAST
BREAKING: TALKS COLLAPSE
LIONS ESCAPE FROM ZOO
ELECTION CALLED FOR MAY
SNOW EXPECTED ACROSS THE COUNTRY TONIGHT
THOUSANDS MARCH FOR CLEAN AIR
AIRPORT REOPENS AFTER FOG
BREAKING: FERRY RUNS AGROUND
NEW BRIDGE OPENS TO TRAFFIC
DOCTORS VOTE TO STRIKE
MAN FINDS ROMAN COINS IN GARDEN
HOUSE PRICES FALL SLIGHTLY
BREAKING: EARTHQUAKE FELT IN CAPITAL
STAR PLAYER OUT FOR SEASON
TEACHERS WELCOME SMALLER CLASSES
WOLVES RETURN TO THE VALLEY
PRESIDENT TO VISIT IN SPRING
MUSEUM RETURNS STOLEN STATUE
BREAKING: FIRE AT OIL DEPOT
RAIL FARES TO RISE IN JANUARY
TWINS BORN IN DIFFERENT YEARS
HOPES FADE FOR MISSING CLIMBERS
SUPERMARKET RECALLS SALAD
VOTERS GO TO THE POLLS"""

ONE_WORD = (
    "Yes No Wow Lunch Finally Goal! Monday Why? Coffee Thanks Perfect Ouch Congrats "
    "Amazing hello Nope. Same LOL sad Home okay please sorry Friday Ugh Dinner never "
    "always Really? Snow home! Brilliant. nice true Done Help cheers Tomorrow Almost "
    "what"
)

EMOJI = (
    "😂 😂😂😂 ❤️ 🎉🎉 😭 🙏 🔥🔥🔥 👍 🤔 ☕ 🎂🎁 🙄 😴 💪 ⚽ 🌞 🐱 👏👏👏 😍 🤷 "
    "🥳 🌧️ 🍕🍕 💔 😅 🚀 🎶🎶🎶 😎 🤣🤣 🌈 🏆 ✈️ 🥶 🙌🙌 😬 🐶 🌹 💤 🍻 😇"
)


def everyday_texts() -> dict[str, list[str]]:
    """Return texts that anybody might have written, by kind."""
    sentences = EVERYDAY.split("\n")
    short_questions = [text for text in sentences if text.endswith("?")]
    return {
        "everyday sentences": sentences,
        "everyday, lower case": [text.lower() for text in sentences],
        "everyday, ALL CAPS": [text.upper() for text in sentences],
        "shouted headlines": SHOUTED.split("\n"),
        "questions": [*QUESTIONS.split("\n"), *short_questions],
        "one word": ONE_WORD.split(),
        "emoji alone": EMOJI.split(),
    }
