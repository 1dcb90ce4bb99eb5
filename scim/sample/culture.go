package sample

import "strings"

// culture is how people of one place are called and where they live. Lists are
// separated by blanks; _ is a blank inside a name, and = stands before the way it is
// written in an e-mail address where letters alone do not tell it.
//
// A family's spelling in addresses occurs once in all cultures, and a given
// name's once in its own: so a pair of them is somebody else's in no other.
type culture struct {
	language, country, region string // "de-DE", "DE", of the business: "EMEA"
	zone                      string
	familyFirst               bool
	letters                   *strings.Replacer // that this culture writes in its own way in ASCII
	given, family             string
	phone                     string // # is a digit. Numbers for films where a country has some
	street                    string // # is the house
	cities                    string // name:region:postal code
}

var (
	german   = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")
	nordic   = strings.NewReplacer("ø", "o", "å", "aa", "æ", "ae")
	plain    = strings.NewReplacer()
	cultures = []culture{
		{
			language: "en-US", country: "US", region: "Americas", zone: "America/New_York", letters: plain,
			given: "Ada Grace Kaʻiulani Marcus Olivia Ethan Madison Jamal Emily Tyler Rosalind Calvin Imani Wyatt Zora Lincoln Chloe Maxwell Savannah Elijah " +
				"Harper Gideon Latoya Beau Autumn Desmond Sierra Quincy Paige Malik Brooklyn Silas Delilah Amos Tatum Rufus",
			family: "Lovelace Hopper Washington Kealoha Freeman Whitaker Robinson Caldwell Underwood Jefferson Baker Holloway Sinclair McAllister Franklin " +
				"Booker Hawkins Winfield Ramsey Thornton St._James Broussard Delacroix Yellowhorse Hightower Vandermeer Littlejohn Pettigrew Fairbanks Nakai",
			phone: "+1-212-555-01##", street: "# Maple Avenue", cities: "New York:NY:10011,Austin:TX:78701,Portland:OR:97205,Honolulu:HI:96813,Atlanta:GA:30303",
		},
		{
			language: "en-GB", country: "GB", region: "EMEA", zone: "Europe/London", letters: plain,
			given:  "Alistair Imogen Rhys Siân Callum Freya Hamish Niamh=niamh Gareth Poppy Angus Eilidh Tobias Beatrix Rupert Saoirse Nigel Winifred",
			family: "Turing O'Connor Pembroke Llewellyn MacDonald Ashworth Featherstonehaugh Fitzgerald Cholmondeley Armitage Blackwood O'Brien Griffiths Sutherland Entwistle",
			phone:  "+44-20-7946-0###", street: "# Victoria Road", cities: "London:Greater London:SE1 9SG,Edinburgh:Scotland:EH1 1YZ,Cardiff:Wales:CF10 1EP,Leeds:West Yorkshire:LS1 4AP",
		},
		{
			language: "de-DE", country: "DE", region: "EMEA", zone: "Europe/Berlin", letters: german,
			given:  "Zoë Jürgen Käthe Björn Anneliese Günther Sören Heike Matthias Ute Götz Lieselotte Rüdiger Änne Volker Kirsten",
			family: "Müller-Lüdenscheidt Schäfer Weiß Größmann von_der_Heide Köhler Krüger Vogt Böttcher Straßburger Zürn Hölderlin Jäger Friedrich Übelacker",
			phone:  "+49-30-23125-###", street: "Lindenstraße #", cities: "Berlin:Berlin:10115,München:Bayern:80331,Köln:Nordrhein-Westfalen:50667,Görlitz:Sachsen:02826",
		},
		{
			language: "fr-FR", country: "FR", region: "EMEA", zone: "Europe/Paris", letters: plain,
			given:  "Anne-Sophie François Chloé Benoît Aurélie Théo Noëlle Loïc Maëlys Gaël Hélène Jean-Baptiste Océane Rémi Ségolène Anaïs",
			family: "de_la_Rochefoucauld Lefèvre D'Aubigné Gagné Bélanger Château Desrosiers Fournier Guérin L'Hôpital Marchand Pâquet Rousseau Thévenot Vaudreuil",
			phone:  "+33-1-99-00-##-##", street: "# rue de l'Église", cities: "Paris:Île-de-France:75011,Lyon:Auvergne-Rhône-Alpes:69002,Nîmes:Occitanie:30000,Orléans:Centre-Val de Loire:45000",
		},
		{
			language: "es-ES", country: "ES", region: "EMEA", zone: "Europe/Madrid", letters: plain,
			given:  "José María_José Íñigo Lucía Álvaro Begoña Joaquín Inés Sebastián Ximena Andrés Nuria Óscar Pilar Raúl Belén",
			family: "García_Márquez Muñoz Peña Ibáñez de_la_Cruz Núñez Yáñez Echeverría Zúñiga Ordóñez Castañeda Vázquez Quiñones Agüero Domínguez",
			phone:  "+34-91-123-4###", street: "Calle de Alcalá #", cities: "Madrid:Madrid:28014,Sevilla:Andalucía:41001,A Coruña:Galicia:15003,Cádiz:Andalucía:11005",
		},
		{
			language: "pt-BR", country: "BR", region: "Americas", zone: "America/Sao_Paulo", letters: plain,
			given:  "João Conceição Thiago Antônia Caetano Luísa Estêvão Graça Vinícius Débora Otávio Fabíola Simão Iracema Zé Marília",
			family: "dos_Santos Araújo Gonçalves da_Conceição Magalhães Assunção Guimarães Falcão Antunes Brandão Seixas Simões Leitão Quintão Valadão",
			phone:  "+55-11-5550-####", street: "Avenida São João, #", cities: "São Paulo:SP:01035-000,Salvador:BA:40020-000,Belém:PA:66010-000,Florianópolis:SC:88010-000",
		},
		{
			language: "pl-PL", country: "PL", region: "EMEA", zone: "Europe/Warsaw", letters: plain,
			given:  "Łukasz Grażyna Świętosława Michał Małgorzata Zbigniew Agnieszka Stanisław Żaneta Wojciech Bożena Krzysztof Elżbieta Paweł",
			family: "Wójcik Brzęczyszczykiewicz Nowak Żółć Świątek Łaska Kaźmierczak Zając Grzyb Ślusarz Ćwikła Gołąb Piątek Szymczak",
			phone:  "+48-22-555-##-##", street: "ul. Świętokrzyska #", cities: "Warszawa:mazowieckie:00-116,Łódź:łódzkie:90-001,Kraków:małopolskie:31-005,Gdańsk:pomorskie:80-831",
		},
		{
			language: "nb-NO", country: "NO", region: "EMEA", zone: "Europe/Oslo", letters: nordic,
			given:  "Håkon Bjørg Åse Torbjørn Sølvi Øystein Ingrid Gøran Målfrid Eirik Snæbjørn Solveig",
			family: "Ødegård Sæther Bjørnstad Åsnes Haugen Kjærstad Lønning Nygård Strømmen Tveit Aagaard Grønli",
			phone:  "+47-22-55-##-##", street: "Storgata #", cities: "Oslo:Oslo:0155,Tromsø:Troms:9008,Ålesund:Møre og Romsdal:6002,Bergen:Vestland:5003",
		},
		{
			language: "is-IS", country: "IS", region: "EMEA", zone: "Atlantic/Reykjavik", letters: plain,
			given:  "Björk Guðrún Ásdís Heiða Æsa Kolbrún Þóra Sigríður",
			family: "Guðmundsdóttir Þorvaldsdóttir Jónsdóttir Ásgeirsdóttir Ólafsdóttir Björnsdóttir",
			phone:  "+354-555-####", street: "Laugavegur #", cities: "Reykjavík:Höfuðborgarsvæðið:101,Akureyri:Norðurland eystra:600",
		},
		{
			language: "tr-TR", country: "TR", region: "EMEA", zone: "Europe/Istanbul", letters: strings.NewReplacer("i̇", "i"),
			given:  "İbrahim Şebnem Işıl Çağrı Gülşen Ümit Özgür Nuray Yiğit Sıla Doğukan Ayşe",
			family: "Yıldız Çelik Öztürk Şahin Güneş Kılıç Aydoğan Ünlü Işık Karadağ Tunç Erdoğmuş",
			phone:  "+90-212-555-##-##", street: "İstiklal Caddesi #", cities: "İstanbul:İstanbul:34433,İzmir:İzmir:35250,Eskişehir:Eskişehir:26010",
		},
		{
			language: "vi-VN", country: "VN", region: "APJ", zone: "Asia/Ho_Chi_Minh", familyFirst: true, letters: plain,
			given:  "Thị_Minh_Khai=khai Văn_Đức=duc Thị_Hương=huong Quốc_Bảo=bao Ngọc_Ánh=anh Hữu_Phước=phuoc Thanh_Trúc=truc Đình_Long=long Mỹ_Duyên=duyen Xuân_Trường=truong",
			family: "Nguyễn Trần Phạm Huỳnh Võ Đặng Bùi Hồ Ngô Dương",
			phone:  "+84-28-5555-####", street: "# đường Lê Lợi", cities: "Thành phố Hồ Chí Minh:TP.HCM:700000,Hà Nội:Hà Nội:100000,Đà Nẵng:Đà Nẵng:550000",
		},
		{
			language: "ja-JP", country: "JP", region: "APJ", zone: "Asia/Tokyo", familyFirst: true, letters: plain,
			given:  "太郎=taro 花子=hanako さくら=sakura 健一=kenichi 美咲=misaki 翔太=shota 陽菜=hina 大輔=daisuke 由美子=yumiko 悠斗=yuto 千尋=chihiro 凛=rin",
			family: "山田=yamada 佐藤=sato 渡邊=watanabe 髙橋=takahashi 齋藤=saito 五十嵐=igarashi 小鳥遊=takanashi 鈴木=suzuki 東海林=shoji 中村=nakamura 森=mori 勅使河原=teshigawara",
			phone:  "+81-3-5555-####", street: "丸の内#丁目", cities: "東京:東京都:100-0005,大阪:大阪府:530-0001,札幌:北海道:060-0001",
		},
		{
			language: "zh-CN", country: "CN", region: "APJ", zone: "Asia/Shanghai", familyFirst: true, letters: plain,
			given:  "芳=fang 伟=wei 秀英=xiuying 建国=jianguo 思雨=siyu 子轩=zixuan 丽华=lihua 志强=zhiqiang 梦琪=mengqi 晓明=xiaoming 雪=xue 俊杰=junjie",
			family: "王=wang 李=li 张=zhang 欧阳=ouyang 司马=sima 赵=zhao 诸葛=zhuge 陈=chen 吕=lyu 黄=huang 上官=shangguan 徐=xu",
			phone:  "+86-10-5555-####", street: "长安街#号", cities: "北京:北京市:100006,上海:上海市:200001,成都:四川省:610000",
		},
		{
			language: "ko-KR", country: "KR", region: "APJ", zone: "Asia/Seoul", familyFirst: true, letters: plain,
			given:  "민준=minjun 서연=seoyeon 지우=jiwoo 하은=haeun 도윤=doyun 수빈=subin 예진=yejin 현우=hyunwoo 유나=yuna 태형=taehyung",
			family: "김=kim 박=park 최=choi 정=jung 남궁=namgung 황보=hwangbo 윤=yoon 제갈=jegal 강=kang 선우=sunwoo",
			phone:  "+82-2-555-####", street: "세종대로 #", cities: "서울:서울특별시:04524,부산:부산광역시:48058,제주:제주특별자치도:63122",
		},
		{
			language: "ru-RU", country: "RU", region: "EMEA", zone: "Europe/Moscow", letters: plain,
			given:  "Дмитрий=dmitri Екатерина=ekaterina Фёдор=fyodor Наталья=natalya Юрий=yuri Любовь=lyubov Семён=semyon Ксения=ksenia Артём=artyom Жанна=zhanna",
			family: "Ющенко=yushchenko Черных=chernykh Живаго=zhivago Седых=sedykh Коваленко=kovalenko Шевчук=shevchuk Гринберг=grinberg Белых=belykh Щур=shchur Объедко=obyedko",
			phone:  "+7-495-555-##-##", street: "Тверская улица, #", cities: "Москва:Москва:125009,Санкт-Петербург:Санкт-Петербург:191186,Казань:Татарстан:420111",
		},
		{
			language: "el-GR", country: "GR", region: "EMEA", zone: "Europe/Athens", letters: plain,
			given:  "Ελένη=eleni Γιώργος=giorgos Αικατερίνη=aikaterini Οδυσσέας=odysseas Χρυσούλα=chrysoula Θάνος=thanos Ξένια=xenia Ηρακλής=iraklis",
			family: "Παπαϊωάννου=papaioannou Οικονόμου=oikonomou Γεωργίου=georgiou Ευαγγέλου=evangelou Νικολάου=nikolaou Χριστοφόρου=christoforou Αντωνίου=antoniou Δημητρίου=dimitriou",
			phone:  "+30-21-5555-####", street: "Οδός Ερμού #", cities: "Αθήνα:Αττική:105 63,Θεσσαλονίκη:Κεντρική Μακεδονία:546 24",
		},
		{
			language: "he-IL", country: "IL", region: "EMEA", zone: "Asia/Jerusalem", letters: plain,
			given:  "נועה=noa יוסף=yosef שירה=shira אבישי=avishai תמר=tamar גלעד=gilad רבקה=rivka צחי=tzachi",
			family: "כהן=cohen לוי=levi מזרחי=mizrachi בן_דוד=bendavid פרידמן=friedman אוחיון=ohayon שפירא=shapira בר־לב=barlev",
			phone:  "+972-3-555-####", street: "רחוב הרצל #", cities: "תל אביב:תל אביב:6108401,חיפה:חיפה:3303201",
		},
		{
			language: "ar-EG", country: "EG", region: "EMEA", zone: "Africa/Cairo", letters: plain,
			given:  "فاطمة=fatima محمد=mohamed عائشة=aisha عبد_الرحمن=abdelrahman نور=nour يوسف=youssef سلمى=salma خالد=khaled",
			family: "الزهراء=alzahra النجار=elnaggar حسين=hussein المصري=elmasry عبد_الله=abdallah السيد=elsayed الشافعي=elshafei غنيم=ghoneim",
			phone:  "+20-2-5555-####", street: "شارع التحرير #", cities: "القاهرة:القاهرة:11511,الإسكندرية:الإسكندرية:21500",
		},
		{
			language: "hi-IN", country: "IN", region: "APJ", zone: "Asia/Kolkata", letters: plain,
			given:  "प्रिया=priya अर्जुन=arjun लक्ष्मी=lakshmi विक्रम=vikram ज्योति=jyoti कृष्ण=krishna श्रुति=shruti ऋषि=rishi",
			family: "शर्मा=sharma सिंह=singh चट्टोपाध्याय=chattopadhyay अय्यर=iyer गुप्ता=gupta मिश्रा=mishra त्रिवेदी=trivedi कृष्णमूर्ति=krishnamurthy",
			phone:  "+91-11-5555-####", street: "# महात्मा गांधी मार्ग", cities: "नई दिल्ली:दिल्ली:110001,मुंबई:महाराष्ट्र:400001,बेंगलुरु:कर्नाटक:560001",
		},
		{
			language: "th-TH", country: "TH", region: "APJ", zone: "Asia/Bangkok", letters: plain,
			given:  "สมชาย=somchai มาลี=malee ณัฐวุฒิ=nattawut ศิริพร=siriporn กิตติ=kitti พิมพ์ชนก=pimchanok",
			family: "ใจดี=jaidee ศรีสุข=srisuk วงศ์สวัสดิ์=wongsawat จันทร์เพ็ญ=chanpen ทองคำ=thongkham บุญมี=bunmee",
			phone:  "+66-2-555-####", street: "# ถนนสุขุมวิท", cities: "กรุงเทพมหานคร:กรุงเทพมหานคร:10110,เชียงใหม่:เชียงใหม่:50000",
		},
		{
			language: "en-NG", country: "NG", region: "EMEA", zone: "Africa/Lagos", letters: plain,
			given:  "Chinwe Olúwaṣẹun Adébáyọ̀ Ngozi Emeka Yétúndé Ifẹ́olúwa Tobenna Funmiláyọ̀ Zainab",
			family: "Okonkwo Adéṣínà Nwachukwu Ọlátúnjí Eze-Ibekwe Bello Akínọlá Ọbasanya Danjuma Ezekwesili",
			phone:  "+234-1-555-####", street: "# Awolowo Road", cities: "Lagos:Lagos:101233,Ìbàdàn:Ọ̀yọ́:200212,Kano:Kano:700211",
		},
		{
			language: "zu-ZA", country: "ZA", region: "EMEA", zone: "Africa/Johannesburg", letters: plain,
			given:  "Thabo Nomvula Sipho Zanele Mandla Nokuthula Lwazi Thandeka",
			family: "Ndlovu Dlamini Mkhize Ngcobo Buthelezi Mthembu Zwane Hlophe",
			phone:  "+27-11-555-####", street: "# Long Street", cities: "Johannesburg:Gauteng:2001,eThekwini:KwaZulu-Natal:4001,Cape Town:Western Cape:8001",
		},
	}
)

// ascii writes what letters with marks are in addresses where a culture has no way of its own.
var ascii = strings.NewReplacer(pairs(
	"àáâãäåāăąạảấầẩẫậắằẳẵặ", "a", "æ", "ae", "çćč", "c", "đðď", "d", "èéêëēėęěẹẻẽếềểễệ", "e", "ğģ", "g", "ìíîïīįıịỉĩ", "i",
	"łľļ", "l", "ñńňņ", "n", "òóôõöøōőọỏốồổỗộớờởỡợơ", "o", "œ", "oe", "ŕřŗ", "r", "śšşșṣ", "s", "ß", "ss", "ťţț", "t", "þ", "th",
	"ùúûüūůűųụủũứừửữựư", "u", "ýÿỳỵỷỹ", "y", "źżž", "z", "\u0300\u0301\u0323'ʻ’ .", "",
)...)

// pairs makes a pair of each letter and what it is replaced by.
func pairs(lists ...string) (all []string) {
	for i := 0; i < len(lists); i += 2 {
		for _, letter := range lists[i] {
			all = append(all, string(letter), lists[i+1])
		}
	}
	return all
}

// name is a part of a name and how an address spells it.
type name struct{ text, login string }

// names reads a list of a culture.
func (c *culture) names(list string) []name {
	words := strings.Fields(list)
	out := make([]name, len(words))
	for i, word := range words {
		text, login, told := strings.Cut(word, "=")
		text = strings.ReplaceAll(text, "_", " ")
		if !told {
			login = ascii.Replace(c.letters.Replace(strings.ToLower(text)))
		}
		out[i] = name{text, login}
	}
	return out
}

// city is a place to live.
type city struct{ name, region, postal string }

func (c *culture) places() (list []city) {
	for entry := range strings.SplitSeq(c.cities, ",") {
		p := strings.Split(entry, ":")
		list = append(list, city{p[0], p[1], p[2]})
	}
	return list
}
