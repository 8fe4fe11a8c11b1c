using System.Text;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Guest;

public sealed class CommandParsingTests : IDisposable
{
    private const int FuzzSeed = 20_260_821;
    private const int FuzzRounds = 600;

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("nul")]
    [InlineData("\"Stat\"")]
    [InlineData("{\"Stat\"}")]
    [InlineData("{\"Stat\":}")]
    [InlineData("{\"Stat\":null}")]
    [InlineData("{\"Stat\":{}}")]
    [InlineData("{\"Stat\":{\"path\":null}}")]
    [InlineData("{\"Stat\":{\"path\":1}}")]
    [InlineData("{\"Stat\":{\"path\":[\"/\"]}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\"}")]
    [InlineData("{\"Stat\":{\"path\":\"/\",}}")]
    [InlineData("{\"Stat\":{,\"path\":\"/\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\"},}")]
    [InlineData("{\"Stat\":{\"path\":\"/\"}}x")]
    [InlineData("{\"Stat\":{\"path\":\"/\"}}{}")]
    [InlineData("{\"Stat\":{\"path\":\"/\"},\"Stat\":{\"path\":\"/\"}}")]
    [InlineData("{\"Stat\":{\"path\" \"/\"}}")]
    [InlineData("{\"stat\":{\"path\":\"/\"}}")]
    [InlineData("{\"Format\":{\"path\":\"/\"}}")]
    [InlineData("{'Stat':{'path':'/'}}")]
    [InlineData("{\"Stat\":{\"path\":\"/}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\x\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\n\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\u0000\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\u12\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\ud800\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\ud800\\u0041\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\ud800\\ud800\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\\udc00\"}}")]
    [InlineData("{\"Remove\":{\"path\":\"/\",\"recursive\":1}}")]
    [InlineData("{\"Remove\":{\"path\":\"/\",\"recursive\":truefalse}}")]
    [InlineData("{\"MakeDirectory\":{\"path\":\"/\",\"parents\":\"true\"}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"timeout_secs\":-1}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"timeout_secs\":1e3}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"timeout_secs\":01}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"timeout_secs\":1.}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"timeout_secs\":\"1\"}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"filter\":\"Create\"}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"filter\":[\"Creation\"]}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"filter\":[\"Create\",]}}")]
    [InlineData("{\"Watch\":{\"path\":\"/\",\"filter\":[null]}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\",\"later\":}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\",\"later\":-}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\",\"later\":1e}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\",\"later\":+1}}")]
    [InlineData("{\"Stat\":{\"path\":\"/\",\"later\":NaN}}")]
    public async Task Command_ThatIsNone_IsRefused(string command) => (await FileToolsRun.RunAsync(command)).ShouldFail("InvalidCommand");

    [Theory]
    [InlineData(" {\t\"Stat\" : {\r\n\"path\" : \"/\" } } ")]
    [InlineData("{\"Stat\":{\"later\":[1,-0.5e+7,{\"a\":[[],{}]},\"\\u00e9\",true,false,null,0],\"path\":\"/\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"\\/\"}}")]
    [InlineData("{\"Stat\":{\"path\":\"\\u002F\"}}")]
    [InlineData("{\"\\u0053tat\":{\"path\":\"/nowhere\",\"path\":\"/\"}}")]
    public async Task Command_WrittenInOtherWays_IsTheSame(string command) =>
        Assert.Equal("/", (await FileToolsRun.RunAsync(command)).ShouldSucceed().Json.GetProperty("name").GetString());

    [Fact]
    public async Task Escapes_OfEachKind_NameTheFile()
    {
        const string name = "q\"b\\s\b\f\n\r\té€😀";
        folder.Write(name, "found");
        string[] written = ["q\\\"b\\\\s\\b\\f\\n\\r\\té€😀", "\\u0071\\u0022b\\u005Cs\\u0008\\u000c\\u000a\\u000d\\u0009\\u00E9\\u20ac\\ud83d\\uDE00"];
        foreach (string text in written)
        {
            Assert.Equal("found", (await FileToolsRun.RunAsync($"{{\"ReadFile\":{{\"path\":\"{folder.Path}/{text}\"}}}}")).ShouldSucceed().Text);
        }
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    [InlineData(60_000, false)]
    public async Task Depth_OfWhatIsSkipped_HasALimit(int depth, bool isFine)
    {
        // Two objects are around it.
        string nested = new string('[', depth - 1) + new string(']', depth - 1);
        FileToolsRun run = await FileToolsRun.RunAsync($"{{\"Stat\":{{\"path\":\"/\",\"later\":{nested}}}}}");
        Assert.Equal(isFine ? 0 : 1, run.Status);
    }

    [Fact]
    public async Task Arguments_OtherThanOne_AreRefused()
    {
        (await FileToolsRun.StartAsync([GuestPrograms.FileTools], [])).ShouldFail("InvalidCommand");
        (await FileToolsRun.StartAsync([GuestPrograms.FileTools, "{}", "{}"], [])).ShouldFail("InvalidCommand");
    }

    [Fact]
    public async Task BytesThatAreNoText_InACommand_AreRefused()
    {
        string[] shell = ["sh", "-c", "exec \"$0\" \"$(printf '{\"Stat\":{\"path\":\"/\\377\"}}')\"", GuestPrograms.FileTools];
        (await FileToolsRun.StartAsync(shell, [])).ShouldFail("InvalidCommand");
    }

    [Fact]
    public async Task Commands_Damaged_FailInAnOrderlyWay()
    {
        // None of them changes anything, whatever becomes of its path.
        string[] whole =
        [
            FileToolsRun.Command("Stat", folder.Path, ("later", 12.5)),
            "{\"ListFiles\":{\"path\":\"/usr\\u00e9\\ud83d\\ude00\\udcff\",\"x\":[1,{\"y\":null}]}}",
            "{\"Watch\":{\"path\":\"/usr\",\"recursive\":false,\"filter\":[\"Create\",\"Rename\"],\"timeout_secs\":0}}",
        ];
        var random = new Random(FuzzSeed);
        for (int round = 0; round < FuzzRounds; round++)
        {
            string command = Damage(random, whole[round % whole.Length]);
            FileToolsRun run = await FileToolsRun.RunAsync(command);
            Assert.True(run.Status is 0 or 1, $"round {round}, status {run.Status}: {command}");
            if (run.Status == 1)
            {
                Assert.False(string.IsNullOrEmpty(run.Error.GetProperty("error_kind").GetString()), command);
            }
        }
    }

    public void Dispose() => folder.Dispose();

    private static string Damage(Random random, string command)
    {
        const string telling = "{}[]\",:\\u0d8cef1-.eE+ tn/\u0001\u00e9";
        var text = new StringBuilder(command);
        for (int changes = random.Next(1, 5); changes > 0 && text.Length > 1; changes--)
        {
            int at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, random.Next(1, Math.Min(4, text.Length - at) + 1));
                    break;
                case 1:
                    text.Insert(at, telling[random.Next(telling.Length)]);
                    break;
                case 2:
                    text[at] = telling[random.Next(telling.Length)];
                    break;
                default:
                    text.Length = at + 1;
                    break;
            }
        }

        return text.ToString();
    }
}
