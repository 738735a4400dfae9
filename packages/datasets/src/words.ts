/** Common English words, for made-up lines of text. */
export const words: readonly string[] = `
able about above accept across action active actual after again age agree air allow almost alone
along already also although always amount animal another answer apple april area around arrive
art article ask attack august author autumn away baby back balance ball bank basic basket beach
bear beautiful because become before begin behind believe below best better between beyond bird
birth black blood blue board boat body book border both bottle bottom bowl box branch bread break
breakfast bridge bright bring brother brown brush build building burn business butter button buy
cake call calm camera camp capital captain card care carry case castle catch cause center century
chair chance change chapter charge cheap check cheese child choice choose church circle city class
clean clear climb clock close cloth cloud coast coat coffee cold color common company compare
complete consider contain control cook copper copy corner correct cost cotton could count country
course cover create cross crowd current curve dance danger dark daughter december decide deep
degree deliver depend design desk detail develop different dinner direct discover distance divide
doctor dollar door double doubt down dream dress drink drive during each early earth east easy
edge education effect effort eight either electric else empty end energy engine english enjoy
enough enter equal even evening event every example except expect explain eye face fact fair fall
family famous farm fast father favor february feel few field fight figure fill final find finger
finish fire first fish five floor flower follow food foot force foreign forest forget form forward
four free fresh friday friend front fruit full future garden gather general gentle girl give glad
glass gold good government grain grass great green ground group grow guess guide habit half hand
happen happy harbor hard have head health hear heart heavy help here high history hold holiday
home hope horse hospital hotel hour house human hundred hungry hurry idea important inch include
increase indeed industry inside instead interest invite iron island january join journey judge
july jump june just keep key kind king kitchen knife know labor lady lake language large last
late laugh law lead learn leave left lemon length lesson letter level library life light limit
list listen little live local lonely long look lose loud love lower lucky lunch machine main make
manage many march market master matter may maybe meal mean measure medicine meet member memory
mention metal middle might mile milk million mind minute mirror model modern moment monday money
month moon more morning mother motion mountain mouth move much music must name narrow nation
nature near neck need neighbor never next night nine north nose note nothing notice november
number object ocean october offer office often old once only open orange order other outside over
own page paint pair paper parent part party pass past path patient peace pencil people pepper
perfect perhaps period person picture piece place plain plan plant plastic plate play please
pocket poem point poor position possible potato pound power practice prepare present press pretty
price print private problem produce promise protect proud provide public pull purple push quality
quarter queen question quick quiet quite radio rain raise rather reach read ready reason receive
record regular remember repeat reply report rest result return rice rich ride right ring rise
river road rock roof room root rose round rule safe sail salt same sand saturday save school
science sea season seat second secret seem sell send sense sentence separate september serve seven
several shade shake shape share sharp ship shirt shoe shop short should shoulder show side sign
silver similar simple since single sister size skill skin sleep slow small smile smooth snow social
soft some song soon sound soup south space speak special speed spell spend spirit spoon spread
spring square stage stand star start station stay steel step still stone store storm story
straight strange street strong student study sudden sugar suggest summer sunday supper supply
support sure surface surprise sweet swim system table take talk teach team ten test thank their
there thick thin thing think third thousand three through thursday ticket together tomorrow tool
touch toward town trade train travel tree triangle trouble trust tuesday turn twelve twenty two
under until useful usual valley value vegetable village visit voice wait walk wall want warm wash
watch water wave wear weather wednesday week weight welcome west wheat wheel white whole wide wind
window winter wish with woman wonder wood word work world worth write wrong yard year yellow
yesterday young zero
`
  .trim()
  .split(/\s+/);
