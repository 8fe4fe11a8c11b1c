using Appliance.Images.Dockerfiles;

namespace Appliance.Tests.Images.Dockerfiles;

public sealed class WordsTests
{
    private static readonly Dictionary<string, string> Values = new() { ["a"] = "1", ["empty"] = "", ["path"] = "/x y" };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$a-$a", "1-1")]
    [InlineData("${a}b", "1b")]
    [InlineData("$missing.", ".")]
    [InlineData("${missing:-two}", "two")]
    [InlineData("${empty:-two}", "two")]
    [InlineData("${empty-two}", "")]
    [InlineData("${missing-two}", "two")]
    [InlineData("${a:+set}", "set")]
    [InlineData("${empty:+set}", "")]
    [InlineData("${missing+set}", "")]
    [InlineData("${missing:-${a}}", "1")]
    [InlineData("\\$a", "$a")]
    [InlineData("'$a'", "$a")]
    [InlineData("\"$a b\"", "1 b")]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("\"a\\nb\"", "a\\nb")]
    [InlineData("a\\ b", "a b")]
    [InlineData("$", "$")]
    [InlineData("a$", "a$")]
    [InlineData("$path", "/x y")]
    public void Expand_EachForm_GivesItsValue(string word, string expected) => Assert.Equal(expected, Words.Expand(word, Values.GetValueOrDefault, '\\'));

    [Theory]
    [InlineData("'open")]
    [InlineData("\"open")]
    [InlineData("${open")]
    [InlineData("${}")]
    [InlineData("${a%x}")]
    [InlineData("${missing:?}")]
    public void Expand_Unfinished_IsAFault(string word) => Assert.Throws<FormatException>(() => Words.Expand(word, Values.GetValueOrDefault, '\\'));

    [Fact]
    public void Split_Quotes_KeepWordsTogether() =>
        Assert.Equal(["a b", "c d", "e", "f g"], Words.Split("'a b'  \"c d\"\te f\\ g", Values.GetValueOrDefault, '\\'));

    [Fact]
    public void ExpandText_QuotesInScripts_Stay() =>
        Assert.Equal("echo '1' \"x\" $b \\n", Words.ExpandText("echo '$a' \"x\" \\$b \\n", Values.GetValueOrDefault, '\\'));
}
