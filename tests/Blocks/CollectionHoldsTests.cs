using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

public sealed class CollectionHoldsTests
{
    [Fact]
    public async Task Hold_HoweverOld_KeepsWhatCameAfterItAndNothingElse()
    {
        await using var fixture = new StoreFixture();
        Digest before = await fixture.PutAsync([1]);
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        using (fixture.Store.Holds.Take())
        {
            fixture.Clock.Advance(TimeSpan.FromHours(1));
            Digest after = await fixture.PutAsync([2]);
            fixture.Clock.Advance(TimeSpan.FromDays(30));

            Assert.Equal(1, (await fixture.Store.SurveyAsync(TimeSpan.Zero, CancellationToken.None)).Collectable.BlockCount);
            await fixture.Store.CollectAsync(TimeSpan.Zero, CancellationToken.None);

            Assert.False(fixture.Store.Exists(before));
            Assert.True(fixture.Store.Exists(after));
        }

        Assert.Equal(1, (await fixture.Store.CollectAsync(TimeSpan.Zero, CancellationToken.None)).RemovedCount);
    }
}
