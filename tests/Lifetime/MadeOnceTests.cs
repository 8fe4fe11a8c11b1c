using Appliance.Core.Lifetime;

namespace Appliance.Tests.Lifetime;

public sealed class MadeOnceTests
{
    [Fact]
    public async Task AskedByManyAtOnce_ItIsMadeOnce()
    {
        int count = 0;
        var made = new MadeOnce<object>(() =>
        {
            Interlocked.Increment(ref count);
            Thread.Sleep(50);
            return new object();
        });

        object[] seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => made.Value)));

        Assert.Equal(1, count);
        Assert.Single(seen.Distinct());
    }

    [Fact]
    public void WhereItFails_TheNextTriesAgain()
    {
        int count = 0;
        var made = new MadeOnce<string>(() => ++count == 1 ? throw new InvalidOperationException("not yet") : "there");

        Assert.Throws<InvalidOperationException>(() => made.Value);
        Assert.False(made.IsMade);
        Assert.Equal("there", made.Value);
    }
}
